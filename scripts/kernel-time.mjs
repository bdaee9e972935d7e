// What the first cells of a notebook cost, in a real kernel: node scripts/kernel-time.mjs [--read SECONDS] [CELL …]
// Prints seconds by the clock, seconds of CPU of the kernel's process, and its peak memory, cell by cell. --read waits
// between the start and the first cell, as a reader does; without it the cells come at once, as by "Run all".
import { readFileSync } from 'node:fs';
import { KernelClient, sleep, textOf } from './kernel-client.mjs';

/** Seconds of CPU and MiB at most of a process, as Linux counts them. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, peakMb: Math.round(Number(peakKb) / 1024) };
}

const isRead = process.argv[2] === '--read';
const given = process.argv.slice(isRead ? 4 : 2);
const cells = given.length > 0 ? given : ["import * as ax from 'axunet';\nax.metricNames.length", '1 + 1'];
const begin = performance.now();
const client = await KernelClient.start();
const pid = client.process.pid;
const row = (what, ms, cpu) => {
  const [seconds, ofCpu] = [ms / 1000, cpu].map((value) => value.toFixed(2).padStart(7));
  console.log(`${what.padEnd(50)} ${seconds} s ${ofCpu} s CPU ${usage(pid).peakMb} MiB`);
};
let before = usage(pid);
row('the kernel answers', performance.now() - begin, before.cpu);
if (isRead) {
  await sleep(1000 * Number(process.argv[3]));
  const now = usage(pid);
  row('the reader reads', 1000 * Number(process.argv[3]), now.cpu - before.cpu);
  before = now;
}
for (const cell of cells) {
  const start = performance.now();
  const done = await client.execute(cell, 120_000);
  const now = usage(pid);
  row(cell.replaceAll('\n', '; ').slice(0, 49), performance.now() - start, now.cpu - before.cpu);
  if (done.reply?.content.status !== 'ok') console.log(textOf(done.messages, 'stderr'));
  before = now;
}
await client.shutdown();
process.exit(0);
