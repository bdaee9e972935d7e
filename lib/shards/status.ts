/** What is done, failed, missing and running of the tasks that share a folder. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { foldFolder, readPlan } from '../crossval/plan.ts';
import { cleanText, expected } from '../errors.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { occupantOf } from '../io/lease.ts';
import {
  atLeastOne,
  dictionary,
  list,
  natural,
  object,
  optional,
  readJsonAs,
  readJsonIfGood,
  text,
} from '../io/schema.ts';
import { lockFile } from '../train/lock.ts';
import { readFailure } from '../train/session.ts';
import { isMerged } from './merge.ts';
import { readShard, type ShardRecord, shardCount, shardNote } from './shardRecord.ts';

/** `missing`: not begun, or stopped in good order, to be started again. */
export type TaskState = 'done' | 'failed' | 'missing' | 'running';

export interface TaskStatus {
  /** The folder that the task works in, from the one that was asked about. */
  readonly place: string;
  /** Such as `shard 3 of 8`. */
  readonly task: string;
  readonly state: TaskState;
  /** Why, or who; '' where there is nothing to say. */
  readonly detail: string;
}

/** `expected.json`: what there will be, so that what nobody has begun is missing. Both by path from its folder. */
const expectedSchema = object({
  /** How many shards the folder of a stage is parted into. */
  shards: optional(dictionary(atLeastOne)),
  /** Run folders. */
  runs: optional(list(text)),
});
export const expectedFile = 'expected.json';

type Found = Pick<TaskStatus, 'state' | 'detail'>;

/** The state that the note of who is at work tells; undefined where there is no note. */
async function stateByNote(file: string): Promise<Found | undefined> {
  const occupant = await occupantOf(file);
  if (!occupant) return undefined;
  const { state, who } = occupant;
  if (state === 'alive') return { state: 'running', detail: who };
  return {
    state: 'failed',
    detail: state === 'ended' ? `${who} ended without a word` : `${who} gives no sign of life`,
  };
}

/** What the record of a shard tells; one that was not written, or was removed for a new start, is missing. */
function stateOfShard(record: ShardRecord | undefined): Found {
  if (!record) return { state: 'missing', detail: '' };
  const { error, failed, cases } = record;
  if (error !== undefined) return { state: 'failed', detail: cleanText(error) };
  const [first] = failed;
  if (!first) return { state: 'done', detail: '' };
  const detail = `${failed.length} of ${cases.length} cases, ${cleanText(first.id)}: ${cleanText(first.reason)}`;
  return { state: 'failed', detail };
}

async function shardTasks(folder: string, place: string, of: number): Promise<TaskStatus[]> {
  const numbers = Array.from({ length: of }, (_, i) => i + 1);
  const records = await Promise.all(numbers.map((shard) => readShard(folder, { shard, of })));
  const tasks = await Promise.all(
    numbers.map(async (shard, i): Promise<TaskStatus> => {
      const found = (await stateByNote(shardNote(folder, { shard, of }))) ?? stateOfShard(records[i]);
      return { place, task: `shard ${shard} of ${of}`, ...found };
    }),
  );
  const whole = records.filter((record) => record !== undefined);
  const merged = whole.length === of && (await isMerged(folder, whole));
  return [...tasks, { place, task: 'merge', state: merged ? 'done' : 'missing', detail: '' }];
}

const resultSchema = object({ steps: natural, epochs: natural });

/** A training run: its result and, where somebody validates, its scores; `last` is the file that is written last. */
async function stateOfRun(folder: string, last: string): Promise<Found> {
  const noted = await stateByNote(lockFile(folder));
  if (noted) return noted;
  const failure = await readFailure(folder);
  if (failure !== undefined) return { state: 'failed', detail: cleanText(failure) };
  const result = await readJsonIfGood(path.join(folder, 'result.json'), resultSchema);
  if (result && existsSync(path.join(folder, last))) return { state: 'done', detail: `${result.epochs} epochs` };
  const begun = existsSync(path.join(folder, 'last'));
  return { state: 'missing', detail: begun ? 'stopped; the same command goes on from its checkpoint' : '' };
}

async function runTask(folder: string, place: string, last = 'scores.json'): Promise<TaskStatus> {
  return { place, task: 'training', ...(await stateOfRun(folder, last)) };
}

async function foldTasks(folder: string, place: string): Promise<TaskStatus[]> {
  const plan = await readPlan(folder);
  const tasks = (plan?.folds ?? []).map(async (_, k): Promise<TaskStatus> => {
    return { ...(await runTask(foldFolder(folder, k), place, 'fold.json')), task: `fold ${k}` };
  });
  return Promise.all(tasks);
}

/** Folders in which tasks were begun, at most two levels below `folder`. */
async function findPlaces(
  folder: string,
  place = '',
  depth = 2,
): Promise<{ shards: string[]; runs: string[]; plans: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  const own = place === '' ? '.' : place;
  if (has('shards')) return { shards: [own], runs: [], plans: [] };
  if (has('plan.json') && has('judging.json')) return { shards: [], runs: [], plans: [own] };
  if (has('training.pid') || (has('config.json') && has('history.jsonl')))
    return { shards: [], runs: [own], plans: [] };
  if (depth === 0) return { shards: [], runs: [], plans: [] };
  const inside = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const below = await Promise.all(
    inside.map(({ name }) => findPlaces(path.join(folder, name), path.join(place, name), depth - 1)),
  );
  return {
    shards: below.flatMap(({ shards }) => shards),
    runs: below.flatMap(({ runs }) => runs),
    plans: below.flatMap(({ plans }) => plans),
  };
}

/**
 * Every task in a folder and two levels below it: shards and whether they are merged, training runs, folds of a
 * cross-validation; and those that `expected.json` in it names. Notes of other machines are watched for up to 30 s.
 * Throws a UserError where there is no task at all.
 */
export async function statusOf(folder: string): Promise<TaskStatus[]> {
  const file = path.join(folder, expectedFile);
  const wanted = existsSync(file) ? await readJsonAs(file, expectedSchema, 'a list of tasks') : {};
  const found = await findPlaces(folder);
  const at = (place: string): string => (place === '.' ? folder : insideFolder(folder, place, file));
  const counts = new Map(Object.entries(wanted.shards ?? {}));
  const stages = [...new Set([...counts.keys(), ...found.shards])];
  const runs = [...new Set([...(wanted.runs ?? []), ...found.runs])];
  const tasks = await Promise.all([
    ...stages.map(async (place) => {
      const of = counts.get(place) ?? (await shardCount(at(place)));
      return of === undefined ? [] : shardTasks(at(place), place, of);
    }),
    ...runs.map(async (place) => [await runTask(at(place), place)]),
    ...found.plans.map((place) => foldTasks(at(place), place)),
  ]);
  if (tasks.flat().length === 0)
    throw expected(`shards, training runs or a list of them (${expectedFile})`, 'none', folder);
  return tasks.flat();
}
