// Tries the notebooks' kernel for long, through real sockets and without a browser:
//   node scripts/kernel-soak.mjs [--runs 1000] [--only lines,cells,…] [--kernel FILE]
// A run is one job of the list below with what it checks; the jobs take turns by their share. A new kernel starts every
// 50 runs and after each failure. The last lines count, for each job, runs, hangs (a cell without a reply and `idle`),
// dead kernels and wrong answers; the exit code is 0 where nothing failed. A thousand runs take about half an hour.
import { parseArgs } from 'node:util';
import { KernelClient, sleep, textOf, within } from './kernel-client.mjs';

class Hang extends Error {}

function check(condition, message) {
  if (!condition) throw new Error(message);
}

/** Runs a cell and expects its end. */
async function run(client, code, ms = 120_000) {
  const cell = await client.execute(code, ms);
  if (!cell.over) throw new Hang(`no end of: ${code.slice(0, 80)}`);
  return cell;
}

const numbers = (count) => Array.from({ length: count }, (_, i) => `${i}\n`).join('');

const types = (cell) => cell.messages.map(({ type, content }) => (type === 'status' ? content.execution_state : type));

/** Everything between `busy` and `idle`, which come first and last. */
function checkOrder(cell) {
  check(types(cell)[0] === 'busy' && types(cell).at(-1) === 'idle', `order of messages: ${types(cell)}`);
}

async function lines(client) {
  const cell = await run(client, 'for (let i = 0; i < 10000; i++) console.log(i)');
  check(textOf(cell.messages) === numbers(10_000), 'lines are missing or out of order');
  checkOrder(cell);
}

async function cells(client) {
  const all = Array.from({ length: 200 }, () => client.begin('for (let i = 0; i < 500; i++) console.log(i)'));
  for (const [i, cell] of all.entries()) {
    if (!(await cell.until(() => cell.over, 120_000))) throw new Hang(`cell ${i} of 200`);
    check(textOf(cell.messages) === numbers(500), `lines of cell ${i}`);
    checkOrder(cell);
  }
}

async function figure(client) {
  const cell = await run(
    client,
    `import * as tslab from 'tslab';
    console.log('before'); tslab.display.png(new Uint8Array(15e6).fill(7)); console.log('after')`,
  );
  checkOrder(cell);
  const [before, display, after] = cell.messages.filter(({ type }) => !['status', 'execute_input'].includes(type));
  check(before.content.text === 'before\n' && after.content.text === 'after\n', `order: ${types(cell)}`);
  check(Buffer.from(display.content.data['image/png'], 'base64').equals(Buffer.alloc(15e6, 7)), 'the figure differs');
}

/** Cells without an end. Where a cell waits, its work goes on after an interrupt; here until the next cell's turn. */
const endless = [
  () => 'while (true) {}',
  () => 'for (let i = 0; ; i++) console.log(i)',
  () => 'for (let i = 0; ; i++) console.error("é".repeat(300))',
  () => 'await new Promise(() => {})',
  (turn) => `turn = ${turn};
    for (let i = 0; turn === ${turn}; i++) {
      process.stdout.write(\`\\r\${i}\`);
      await new Promise((next) => setImmediate(next));
    }
    await new Promise(() => {})`,
  (turn) => `turn = ${turn};
    while (turn === ${turn}) {
      for (let i = 0; i < 1e4; i++) console.log(i);
      await new Promise((next) => setTimeout(next, 1));
    }
    await new Promise(() => {})`,
];

const sum = 'let sum = 0; for (let i = 0; i < 1e5; i++) sum += i; console.log(sum)';

/** 100 interrupts: of cells that never end, of cells that end by themselves, of an idle kernel. */
async function interrupts(client) {
  await run(client, 'let turn = 0');
  for (let i = 0; i < 100; i++) {
    const short = i % 4 === 0;
    const cell = client.begin(short ? sum : endless[i % endless.length](i));
    if (!short) await cell.until(() => cell.messages.length > 0, 10_000); // before its cell an interrupt is for nothing
    await sleep(Math.random() * 60);
    client.interrupt();
    await Promise.race([cell.until(() => cell.over, 60_000), client.exited]);
    if (!cell.over) throw new Hang(`interrupt ${i}`);
    checkOrder({ messages: cell.messages.slice(0, types(cell).indexOf('idle') + 1) });
    if (cell.reply.content.status !== 'ok') await client.ready();
  }
  const cell = await run(client, 'turn = -1; console.log("alive")');
  check(textOf(cell.messages) === 'alive\n', 'the cell after the interrupts');
}

/** Output after a cell's end belongs to the cell that ran last: here to the same cell, then to the next one. */
async function late(client) {
  const printing = `let n = 0; const timer = setInterval(() => {
    for (let i = 0; i < 100; i++) console.log(n++);
    if (n >= 1000) clearInterval(timer);
  }, 5)`;
  const alone = await run(client, printing);
  const all = await alone.until(() => textOf(alone.messages) === numbers(1000), 30_000);
  check(all, 'late output is missing');
  const first = await run(client, printing);
  const second = await run(client, 'await new Promise((next) => setTimeout(next, 10))');
  const both = () => textOf(first.messages) + textOf(second.messages);
  check(await second.until(() => both() === numbers(1000), 30_000), 'late output beside another cell is missing');
}

/** One subscriber never reads, one leaves in the middle of a cell: neither holds the others up. */
async function subscribers(client) {
  const [stalled, leaving] = [client.subscriber({ receiveHighWaterMark: 1 }), client.subscriber()];
  const cell = client.begin(`for (let i = 0; i < 10000; i++) {
    console.log(i);
    if (i % 100 === 0) await new Promise((next) => setImmediate(next));
  }`);
  await cell.until(() => textOf(cell.messages).length > 100, 5000);
  leaving.close();
  if (!(await cell.until(() => cell.over, 120_000))) throw new Hang('stalled subscriber');
  stalled.close();
  check(textOf(cell.messages) === numbers(10_000), 'lines beside a stalled subscriber');
}

async function flood(client) {
  const cell = await run(client, 'for (let i = 0; i < 4e5; i++) console.error("0123456789"); console.log("result")');
  const [out, err] = [textOf(cell.messages), textOf(cell.messages, 'stderr')];
  check(out === 'result\n', `the result after a flood: ${out.slice(-100)}`);
  const notices = [...err.matchAll(/\[([\d,]+) characters left out/g)];
  const leftOut = notices.reduce((total, [, count]) => total + Number(count.replaceAll(',', '')), 0);
  const shown = err.replace(/\n\[.*left out.*\]\n/g, '').length;
  check(shown < 3e6 && shown + leftOut === 4.4e6, `the flood: ${shown} shown, ${leftOut} left out`);
}

/** What else could break a stream. */
async function faults(client) {
  await run(client, 'console.table(Array.from({ length: 2000 }, (_, i) => ({ i, text: "x".repeat(500) })))');
  await run(client, 'process.stdout.write(new Uint8Array(5e6).map((_, i) => i)); process.stdout.write("\\ud800")');
  const refused = await run(client, 'for (let i = 0; i < 100; i++) Promise.reject(new Error(`refused ${i}`))');
  const shown = await refused.until(() => textOf(refused.messages, 'stderr').includes('refused 99'), 20_000);
  check(shown, 'rejections are not shown');
  const both = await run(client, 'for (let i = 0; i < 2000; i++) { console.log(i); console.error(i); }');
  check(textOf(both.messages) === numbers(2000) && textOf(both.messages, 'stderr') === numbers(2000), 'both streams');
  await run(client, 'await new Promise((done) => process.stdout.write("x", () => done(0)))');
  const deep = await run(
    client,
    `const deep = (): void => { console.log('deep'); deep(); };
    try { deep(); } catch {}
    'end'`,
  );
  check(textOf(deep.messages).endsWith('end\n'), 'the cell that used up the stack');
}

/** A kernel that is asked to end while it prints does so. */
async function shutdown(client) {
  client.begin('setInterval(() => { for (let i = 0; i < 5000; i++) console.log(i); }, 1)');
  await sleep(50 + Math.random() * 100);
  const how = await client.shutdown(30_000);
  if (how === undefined) throw new Hang('shutdown');
  check(how === 0, `shutdown: exit ${how}`);
}

const jobs = { lines, cells, figure, interrupts, late, subscribers, flood, faults, shutdown };
/** Runs of each job among 100. */
const shares = {
  lines: 42,
  cells: 5,
  figure: 10,
  interrupts: 2,
  late: 15,
  subscribers: 10,
  flood: 5,
  faults: 10,
  shutdown: 1,
};
const runsPerKernel = 50;

/** Names of jobs in the order of their turns, each as often as its share and far from its like. */
function turns(only) {
  if (only) return only.split(',');
  const names = Object.entries(shares).flatMap(([name, share]) => Array(share).fill(name));
  return names.map((_, i) => names[(i * 37) % names.length]);
}

/** Runs one job; returns undefined or how it failed. */
async function failure(name, client) {
  try {
    await jobs[name](client);
    client.forget();
    return undefined;
  } catch (error) {
    await within(100, client.exited);
    console.log(`${name}: ${error.message}`);
    if (client.exit !== undefined && name !== 'shutdown') return 'dead kernels';
    return error instanceof Hang ? 'hangs' : 'wrong answers';
  }
}

const options = { runs: { type: 'string', default: '1000' }, only: { type: 'string' }, kernel: { type: 'string' } };
const { values } = parseArgs({ options });
const order = turns(values.only);
const none = { runs: 0, hangs: 0, 'dead kernels': 0, 'wrong answers': 0 };
const counts = Object.fromEntries(order.map((name) => [name, { ...none }]));
const report = () =>
  Object.entries(counts)
    .map(
      ([name, count]) =>
        `${name}: ${Object.entries(count)
          .map(([what, times]) => `${times} ${what}`)
          .join(', ')}`,
    )
    .join('\n');

let client;
let uses = 0;
let failures = 0;
for (let i = 0; i < Number(values.runs); i++) {
  const name = order[i % order.length];
  if (!client) [client, uses] = [await KernelClient.start({ kernel: values.kernel }), 0];
  const failed = await failure(name, client);
  counts[name].runs++;
  if (failed) counts[name][failed]++;
  if (failed) failures++;
  if (failed || ++uses >= runsPerKernel || name === 'shutdown') {
    client.kill();
    client = undefined;
  }
  if ((i + 1) % 50 === 0) console.log(`After ${i + 1} runs, ${failures} failed:\n${report()}`);
}
client?.kill();
console.log(`${values.runs} runs, ${failures} failed:\n${report()}`);
process.exit(failures > 0 ? 1 : 0);
