/** `npm run weights`: trains the networks of `data/weights` and packs them, or makes one again to compare it. */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from 'axunet/errors';
import { projectPath } from 'axunet/settings';
import { TrainingStopped } from 'axunet/train/trainer';
import { startEngine } from 'axunet-engine/engine';
import { trainInChildren } from './children.ts';
import { findMember, makeMember, memberPlace, openTrainingSlices } from './member.ts';
import { shippedRecipe } from './recipe.ts';

const names = shippedRecipe.members.map(({ name }) => name);

const help = `npm run weights -- [options]

Trains the networks of notebooks/lessons/shipped/recipe.ts on all patients, several side by side, each with one thread.
Runs are in runs/weights; finished ones are skipped, a stopped one goes on where it stopped: start the command again.

  --member NAME  trains one of them alone, in this process: ${names.join(', ')}
                 (bit-equal where TF_NUM_INTRAOP_THREADS=1)
  --data DIR     where the pictures lie, if not in data/${shippedRecipe.dataset}
  --at-once N    how many side by side; as many as there are cores
`;

const options = {
  member: { type: 'string' },
  data: { type: 'string' },
  'at-once': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function trainAlone(name: string, runs: string, data?: string): Promise<number> {
  const member = findMember(name);
  const { description } = await startEngine();
  console.log(`engine: ${description}, TF_NUM_INTRAOP_THREADS ${process.env.TF_NUM_INTRAOP_THREADS ?? 'not set'}`);
  console.log(`Made ${await makeMember(member, { slices: await openTrainingSlices(data), runs })}`);
  return 0;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const runs = projectPath('runs/weights');
  if (values.member !== undefined) return trainAlone(values.member, runs, values.data);
  const atOnce = values['at-once'] === undefined ? os.availableParallelism() : Number(values['at-once']);
  if (!(Number.isInteger(atOnce) && atOnce > 0))
    throw new UserError(`Expected --at-once with a whole number above 0, found "${values['at-once']}"`);
  const slices = await openTrainingSlices(values.data);
  const data = values.data === undefined ? [] : ['--data', values.data];
  const failed = await trainInChildren(names, { args: data, logs: runs, atOnce });
  for (const member of shippedRecipe.members) console.log(memberPlace(member, { slices, runs }).file);
  return failed.length > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: NodeJS.ErrnoException) => {
    const forTheUser = error instanceof UserError || error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(forTheUser ? error.message : error);
    process.exit(error instanceof TrainingStopped ? error.exitCode : 1);
  },
);
