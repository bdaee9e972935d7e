/**
 * `node scripts/cluster/record.mjs ALONE MANY --out DIR [--machine TEXT]`: compares two work folders, records and draws
 * the second.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { expected } from 'axunet/errors';
import { codeVersion, saveFigure } from 'axunet/figures/saveFigure';
import { parseCsv } from 'axunet/io/csv';
import { readText, writeJson } from 'axunet/io/files';
import { makeFolder } from 'axunet/io/writable';
import { type TimelineTask, taskTimeline } from '../figures/taskTimeline.ts';
import { compareWork } from './compare.ts';
import { type Attempt, readTaskLogs } from './taskLog.ts';

const { values, positionals } = parseArgs({
  options: {
    out: { type: 'string' },
    /** What it ran on, in words. */
    machine: { type: 'string', default: '' },
  },
  allowPositionals: true,
});
const [alone, many] = positionals;
if (!alone || !many || !values.out) throw expected('ALONE MANY --out DIR', positionals.join(' ') || 'nothing');

/** How a start ended, where not well. */
function outcomeOf({ code }: Attempt): string | undefined {
  if (code === undefined) return 'lost with its node';
  if (code === 75) return 'saved, started again';
  if (code > 128) return 'killed';
  return code === 0 ? undefined : `exit code ${code}`;
}

const comparison = await compareWork(alone, many);
const { attempts, faults } = await readTaskLogs(many);
const start = Math.min(...attempts.map(({ begin }) => begin));
const [minutes, seconds] = [(at: number) => (at - start) / 60, (at: number) => Number((at - start).toFixed(1))];
const nodeLost = faults.find(({ what }) => what.includes('dies'))?.at;
const tasks = attempts.map((attempt): TimelineTask => {
  const end = attempt.end ?? nodeLost ?? attempt.begin;
  const outcome = outcomeOf(attempt);
  const merges = attempt.stage.startsWith('merge');
  return {
    name: `${attempt.stage} ${attempt.number}`,
    stage: merges ? 'merge' : attempt.stage,
    node: attempt.node,
    begin: minutes(attempt.begin),
    end: minutes(end),
    ...(outcome && { outcome }),
  };
});
const shortly: readonly (readonly [RegExp, string])[] = [
  [/\w+ dies/, '$&'],
  [/save/, '75'],
  [/killed/, 'killed'],
  [/\w+ round/, 'started again'],
];

/** A fault in two words, the words of its sentence where they say it. */
function inShort(what: string): string {
  const [word, text] = shortly.find(([one]) => one.test(what)) ?? [];
  return word ? word.exec(what)![0].replace(word, text!) : what;
}
const marks = faults.map(({ at, what }) => ({ at: minutes(at), text: inShort(what) }));

await makeFolder(values.out);
const results = path.join(values.out, 'results.json');
const command = 'scripts/cluster/try-slurm.sh';
await writeJson(results, {
  command,
  version: codeVersion(),
  machine: values.machine,
  comparison,
  faults: faults.map(({ at, what }) => ({ seconds: seconds(at), what })),
  attempts: attempts.map(({ begin, end, ...attempt }) => ({
    ...attempt,
    begin: seconds(begin),
    ...(end !== undefined && { end: seconds(end) }),
  })),
});
const masks = path.join(many, 'masks/predictions.csv');
const patients = parseCsv(await readText(masks, 'a table of masks'), masks).length - 1; // below the heading
const trainings = new Set(attempts.flatMap(({ stage, number }) => (stage === 'train' ? [number] : []))).size;
const crosses = 'a cross is the end of a task that was killed, lost, full or saved';
const subtitle = `${patients} patients, ${trainings} trainings; ${crosses}`;
await saveFigure(values.out, 'task-timeline', taskTimeline(tasks, marks, subtitle), { inputs: [results], command });
const { equal, equalButForTimes, different, alone: single } = comparison;
console.log(`${equal} files are equal to the byte; but for times ${JSON.stringify(equalButForTimes)}`);
for (const name of different) console.error(`different: ${name}`);
for (const name of single) console.error(`in one folder alone: ${name}`);
process.exitCode = different.length + single.length > 0 ? 1 : 0;
