import { expected } from '../../errors.ts';
import { statusOf, type TaskState, type TaskStatus } from '../../shards/status.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/status.ts';

const states: readonly TaskState[] = ['done', 'failed', 'missing', 'running'];

/** `5 done, 1 failed`; states that do not occur are left out. */
function counts(tasks: readonly TaskStatus[]): string {
  const count = (state: TaskState): number => tasks.filter((task) => task.state === state).length;
  return states
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`)
    .join(', ');
}

function print(tasks: readonly TaskStatus[]): void {
  for (const place of new Set(tasks.map((task) => task.place))) {
    const own = tasks.filter((task) => task.place === place);
    console.log(`${place}: ${counts(own)}`);
    for (const { task, state, detail } of own)
      if (state !== 'done') console.log(`  ${state.padEnd(7)}  ${task}${detail && `: ${detail}`}`);
  }
  console.log(`${tasks.length} tasks: ${counts(tasks)}`);
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [folder, ...rest] = operands;
  if (folder === undefined || rest.length > 0) throw expected('axunet status DIR', operands.join(' ') || 'no folder');
  const tasks = await statusOf(folder);
  if (values.json) console.log(JSON.stringify(tasks, null, 2));
  else print(tasks);
  return tasks.every(({ state }) => state === 'done') ? 0 : 1;
}
