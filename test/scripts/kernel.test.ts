/** The kernel as Jupyter drives it, through sockets; scripts/kernel-soak.mjs does so for long. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';
import { KernelClient, sleep, textOf } from '../../scripts/kernel-client.mjs';

interface Message {
  type: string;
  content: { [key: string]: any };
}
interface Cell {
  messages: Message[];
  reply: Message | undefined;
  over: boolean;
  until(test: () => boolean, ms: number): Promise<boolean>;
}

let kernel: any;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cells-'));
  mkdirSync(path.join(folder, 'notebooks'));
  symlinkSync(projectPath('node_modules'), path.join(folder, 'node_modules'), 'junction');
  kernel = await KernelClient.start({ cwd: path.join(folder, 'notebooks') });
});
afterAll(() => {
  kernel.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a cell and expects its end. */
async function run(code: string): Promise<Cell> {
  const cell: Cell = await kernel.execute(code, 30_000);
  expect(cell.over, `an end of ${code}`).toBe(true);
  return cell;
}

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => `${i}\n`).join('');
const printNumbers = (count: number): string => `for (let i = 0; i < ${count}; i++) console.log(i)`;
/** Types of messages, states by name, without `execute_input`, the first after `busy`. */
const states = (cell: Cell): string[] =>
  cell.messages
    .filter(({ type }) => type !== 'execute_input')
    .map(({ type, content }) => (type === 'status' ? content.execution_state : type));
const streams = (cell: Cell): string[][] =>
  cell.messages.filter(({ type }) => type === 'stream').map(({ content }) => [content.name, content.text]);

describe('a cell in Jupyter', () => {
  it('shows all of 10,000 lines, in few messages, before it ends', async () => {
    const cell = await run(printNumbers(10_000));
    expect(textOf(cell.messages)).toBe(numbers(10_000));
    expect(cell.messages.length).toBeLessThan(200);
    expect([states(cell)[0], states(cell).at(-1)]).toEqual(['busy', 'idle']);
  });

  it('that needs another one names the section to run first, and other faults as the compiler does', async () => {
    const text = textOf((await run('console.log(full.summary());')).messages, 'stderr');
    expect(text).toBe('full comes from the section "4. The network" of pipeline.ipynb. Run its cells first.\n');
    await sleep(400); // tslab drops what is sent within 200 ms of a failure
    const other = textOf((await run('nobodyKnowsThis + 1')).messages, 'stderr');
    expect(other).toMatch(/^1:1 - Cannot find name 'nobodyKnowsThis'/);
    await sleep(400);
  });

  it('ends before the next one begins, where many were sent at once', async () => {
    const cells: Cell[] = Array.from({ length: 40 }, () => kernel.begin(printNumbers(500)));
    for (const cell of cells) {
      expect(await cell.until(() => cell.over, 10_000)).toBe(true);
      expect(textOf(cell.messages)).toBe(numbers(500));
      expect(states(cell)).toEqual(['busy', ...streams(cell).map(() => 'stream'), 'idle']);
    }
  });

  it('shows text before and after a figure of 20 MB in this order', async () => {
    const cell = await run(`import { display } from 'tslab';
      console.log('before'); display.png(new Uint8Array(15e6)); console.log('after');`);
    expect(states(cell)).toEqual(['busy', 'stream', 'display_data', 'stream', 'idle']);
    expect(streams(cell)).toEqual([
      ['stdout', 'before\n'],
      ['stdout', 'after\n'],
    ]);
    const figure = cell.messages.find(({ type }) => type === 'display_data')!;
    expect(figure.content.data['image/png']).toHaveLength(20e6);
  });

  it('keeps stdout and stderr apart and in order', async () => {
    const cell = await run("for (let i = 0; i < 100; i++) { console.log('out', i); console.error('error', i); }");
    const lines = Array.from({ length: 100 }, (_, i) => [
      ['stdout', `out ${i}\n`],
      ['stderr', `error ${i}\n`],
    ]);
    expect(streams(cell)).toEqual(lines.flat());
  });

  it('shows progress while it computes without a pause', async () => {
    const cell: Cell = kernel.begin(`for (let i = 0; i < 4; i++) {
      process.stdout.write('\\r' + i);
      for (const end = Date.now() + 200; Date.now() < end;);
    }`);
    expect(await cell.until(() => textOf(cell.messages) === '\r0\r1', 5000)).toBe(true);
    expect(cell.over).toBe(false);
    await cell.until(() => cell.over, 5000);
  });

  it('may print bytes, parts of characters and what no character is', async () => {
    const cell = await run(`const euro = Buffer.from('€');
      for (const part of [euro.subarray(0, 1), euro.subarray(1), '\\ud800']) process.stdout.write(part);`);
    expect(textOf(cell.messages)).toBe('€\ufffd');
  });

  it('may wait until its text is written', async () => {
    const cell = await run("await new Promise<void>((done) => { process.stdout.write('x', () => done()); });");
    expect(cell.reply!.content.status).toBe('ok');
  });

  it('that prints too much loses neither its last words nor its figure, and says how much is left out', async () => {
    const cell = await run(
      "import * as tslab from 'tslab'; for (let i = 0; i < 4e5; i++) console.log('0123456789'); " +
        "tslab.display.html('figure'); console.error('last words');",
    );
    const notice = /\n\[([\d,]+) characters left out: [^\n]*\]\n/g;
    const text = textOf(cell.messages);
    const leftOut = [...text.matchAll(notice)].reduce((sum, [, count]) => sum + Number(count!.replaceAll(',', '')), 0);
    const shown = text.replaceAll(notice, '');
    expect(shown.length).toBeLessThan(3e6);
    expect(shown.length + leftOut).toBe(4.4e6);
    expect(shown.endsWith('0123456789\n')).toBe(true);
    expect(states(cell)).toContain('display_data');
    expect(textOf(cell.messages, 'stderr')).toBe('last words\n');
  });

  it('owns what it prints after its end', async () => {
    const cell = await run('void setTimeout(() => { for (let i = 0; i < 1000; i++) console.log(i); }, 20);');
    expect(await cell.until(() => textOf(cell.messages) === numbers(1000), 5000)).toBe(true);
  });

  it('runs although folders come and go where its modules are looked for', async () => {
    await run("import * as ax from 'axunet/progress';");
    mkdirSync(path.join(folder, 'notebooks', 'node_modules'));
    await sleep(500);
    rmSync(path.join(folder, 'notebooks', 'node_modules'), { recursive: true });
    for (const wait of [0, 500]) {
      await sleep(wait);
      expect((await run('1')).reply!.content.status).toBe('ok');
    }
  });

  it('is checked by the types of a package, whose own files are not checked', async () => {
    const untidy = path.join(folder, 'notebooks', 'node_modules', 'untidy');
    mkdirSync(untidy, { recursive: true });
    const files = {
      'package.json': '{ "name": "untidy", "types": "index.ts", "main": "index.js" }',
      'index.ts': 'export const answer: number = "text";',
      'index.js': 'exports.answer = 41;',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(untidy, name), text);
    const [fine, wrong] = [await run("import { answer } from 'untidy';\nanswer + 1"), await run('answer.length')];
    rmSync(path.dirname(untidy), { recursive: true });
    expect(textOf(fine.messages)).toBe('42\n');
    expect(streams(wrong)).toEqual([['stderr', "1:8 - Property 'length' does not exist on type 'number'.\n"]]);
  });

  it('does not run where a module beside the notebook has an error', async () => {
    await kernel.ready();
    writeFileSync(path.join(folder, 'notebooks', 'wrong.ts'), 'export const count: number = "many";');
    const cell = await run("import { count } from './wrong';\nconsole.log(count)");
    expect(streams(cell)).toEqual([['stderr', "wrong.ts 1:14 - Type 'string' is not assignable to type 'number'.\n"]]);
    await kernel.ready();
  });

  it('is not held up by a subscriber that stalls or leaves', async () => {
    const [stalled, leaving] = [kernel.subscriber({ receiveHighWaterMark: 1 }), kernel.subscriber()];
    const cell: Cell = kernel.begin(`for (let i = 0; i < 5000; i++) {
      console.log(i);
      if (i % 100 === 0) await new Promise((next) => setImmediate(next));
    }`);
    await cell.until(() => textOf(cell.messages) !== '', 5000);
    leaving.close();
    expect(await cell.until(() => cell.over, 10_000)).toBe(true);
    expect(textOf(cell.messages)).toBe(numbers(5000));
    stalled.close();
  });
});

describe('a front end', () => {
  /** Asks the kernel something and waits for its `idle`. */
  async function ask(type: string, content: object, channel = 'shell'): Promise<Cell> {
    const request = kernel.request(type, content, channel);
    expect(await request.until(() => request.idle, 10_000), `idle after ${type}`).toBe(true);
    await request.until(() => request.over, 500);
    return request;
  }

  it('is told which code runs, as are all others, and why a cell failed', async () => {
    const cell = await run("console.group('left open'); throw new Error('a')");
    const [, input] = cell.messages;
    expect(input!.type).toBe('execute_input');
    expect(input!.content.execution_count).toBe(cell.reply!.content.execution_count);
    expect(cell.reply!.content).toMatchObject({ status: 'error', ename: 'Error', traceback: [] });
    await kernel.ready();
    expect(textOf((await run("console.log('not indented')")).messages)).toBe('not indented\n');
  });

  it.each([
    ['history_request', { hist_access_type: 'tail', n: 1 }, 'history_reply', { status: 'ok', history: [] }],
    ['comm_info_request', {}, 'comm_info_reply', { status: 'ok', comms: {} }],
    ['inspect_request', {}, 'inspect_reply', { status: 'error' }],
    ['complete_request', { code: null }, 'complete_reply', { status: 'error' }],
    ['is_complete_request', {}, 'is_complete_reply', { status: 'error' }],
  ])('that sends %s with %o gets a reply', async (type, content, reply, answer) => {
    expect((await ask(type, content)).reply).toMatchObject({ type: reply, content: answer });
  });

  it('whose requests nobody knows, or which has no key, prints nothing into the last cell', async () => {
    const cell = await run("console.log('mine')");
    for (const type of ['comm_msg', 'foo_request']) await ask(type, {});
    expect(states(await ask('comm_open', { comm_id: 'c', target_name: 't' }))).toEqual(['busy', 'comm_close', 'idle']);
    await kernel.raw(['junk']);
    await kernel.raw(['<IDS|MSG>', 'signature', '{}', '{}', '{}', '{}']);
    await ask('kernel_info_request', {});
    expect(streams(cell)).toEqual([['stdout', 'mine\n']]);
  });

  it('may count characters, of which 😀 is one', async () => {
    // by hand: "😀"; "a".toUpp has 15 characters, and .toUpp begins after the ninth
    const { reply } = await ask('complete_request', { code: '"😀"; "a".toUpp', cursor_pos: 15 });
    expect(reply!.content).toMatchObject({ cursor_start: 9, cursor_end: 14, matches: ['toUpperCase'] });
  });

  it('may interrupt by a message', async () => {
    const cell: Cell = kernel.begin('await new Promise(() => {})');
    await cell.until(() => cell.messages.length > 1, 5000);
    await ask('interrupt_request', {}, 'control');
    expect(await cell.until(() => cell.over, 5000)).toBe(true);
    await kernel.ready();
  });
});

describe('what cannot be shown', () => {
  const hostile =
    "const e: any = {}; e[Symbol.for('nodejs.util.inspect.custom')] = () => { throw new Error('looked at'); };";

  it.each([
    ['thrown by a timer after the cell', `void setTimeout(() => { ${hostile} throw e; }, 10);`],
    [
      'a revoked proxy',
      'void setTimeout(() => { const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy; }, 10);',
    ],
  ])('does not end the kernel: %s', async (_, code) => {
    const cell = await run(code);
    const isSaid = (): boolean => textOf(cell.messages, 'stderr') === 'A value that cannot be shown\n';
    expect(await cell.until(isSaid, 5000)).toBe(true);
    expect(kernel.exit).toBeUndefined();
  });

  it('half a surrogate pair becomes the sign for it, in what is displayed too', async () => {
    const cell = await run(`import { display } from 'tslab';
      display.text('\\ud800'); display.raw('application/json', { list: ['\\udc00', 1] } as any);`);
    const shown = cell.messages.filter(({ type }) => type === 'display_data').map(({ content }) => content.data);
    expect(shown).toEqual([{ 'text/plain': '\ufffd' }, { 'application/json': { list: ['\ufffd', 1] } }]);
  });
});

describe('an interrupt', () => {
  it.each([
    ['that never pauses', 'while (true) {}'],
    ['that prints without an end', 'for (let i = 0; ; i++) console.log(i)'],
    ['that waits', 'await new Promise(() => {})'],
  ])('ends a cell %s, whenever it comes', async (_, code) => {
    for (let i = 0; i < 5; i++) {
      const cell: Cell = kernel.begin(code);
      await cell.until(() => cell.messages.length > 0, 5000);
      await sleep(5 * i); // the first ones come while the cell is compiled
      kernel.interrupt();
      expect(await cell.until(() => cell.over, 5000)).toBe(true);
      expect(textOf(cell.messages, 'stderr')).toContain('Interrupted: run the cell again');
      await kernel.ready();
    }
  });

  it('does not end the kernel, also where cells begin and end', async () => {
    for (let i = 0; i < 100; i++) {
      const cell: Cell = kernel.begin('1');
      await sleep(Math.random() * 10);
      kernel.interrupt();
      expect(await Promise.race([cell.until(() => cell.over, 5000), kernel.exited])).toBe(true);
    }
    await kernel.ready();
    expect(textOf((await run('console.log("alive")')).messages)).toBe('alive\n');
  });
});

describe('a kernel', () => {
  it.skipIf(process.platform === 'win32').each([
    ['waits', '1'],
    ['runs a cell that never pauses', 'for (;;) {}'],
  ])('ends with the Jupyter that started it, also where that was killed and the kernel %s', async (_, code) => {
    const jupyter = path.join(folder, 'jupyter.cjs');
    const kernelFile = JSON.stringify(projectPath('scripts/kernel.cjs'));
    writeFileSync(
      jupyter,
      `const { spawn } = require('node:child_process');
      const env = { ...process.env, JPY_PARENT_PID: String(process.pid) };
      const args = [...process.execArgv, ${kernelFile}, process.argv[2]];
      const kernel = spawn(process.execPath, args, { env, stdio: 'ignore' });
      console.log(kernel.pid); setInterval(() => {}, 1000);`,
    );
    let printed = '';
    const log = (data: Buffer): void => {
      printed += data;
    };
    const own = await KernelClient.start({ kernel: jupyter, cwd: path.join(folder, 'notebooks'), log });
    const pid = Number(printed);
    const cell: Cell = own.begin(code);
    await cell.until(() => cell.messages.some(({ type }) => type === 'execute_input'), 20_000);
    await sleep(1000); // the cell is compiled and runs
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(isAlive()).toBe(true);
    own.process.kill('SIGKILL');
    for (let i = 0; i < 200 && isAlive(); i++) await sleep(100);
    expect(isAlive()).toBe(false);
    own.kill();
  });

  it('shows all that a cell printed before it called process.exit', async () => {
    const own = await KernelClient.start({ cwd: path.join(folder, 'notebooks') });
    const cell: Cell = own.begin(`${printNumbers(5000)}; process.exit(3);`);
    expect(await cell.until(() => textOf(cell.messages) === numbers(5000), 20_000)).toBe(true);
    expect(await own.exited).toBe(3);
    own.kill();
  });

  it('ends at once where its ports are taken, so that Jupyter starts another', () => {
    const file = path.join(kernel.folder, 'connection.json');
    const args = [...flags, projectPath('scripts/kernel.cjs'), file];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('The kernel cannot start');
  });

  it('ends when it is asked to, while it prints and timers run', async () => {
    await run('void setInterval(() => { for (let i = 0; i < 1000; i++) console.log(i); }, 1);');
    expect(await kernel.shutdown(20_000)).toBe(0);
  });
});
