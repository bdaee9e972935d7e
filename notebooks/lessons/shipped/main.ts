/** `npm run weights`: trains the networks of `data/weights` and packs them, or makes one again to compare it. */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from 'axunet/errors';
import { projectPath, settings } from 'axunet/settings';
import { TrainingStopped } from 'axunet/train/trainer';
import { startEngine } from 'axunet-engine/engine';
import { runSideBySide } from '../study/sideBySide.ts';
import { writeCard } from './card.ts';
import { findMember, type MemberPlaces, makeMember, memberPlace, openTrainingSlices } from './member.ts';
import { compareMember, packShipped } from './pack.ts';
import { type ShippedMember, shippedRecipe } from './recipe.ts';

const shippedFolder = settings.weightsFolder;
const names = shippedRecipe.members.map(({ name }) => name);

const help = `npm run weights -- [options]

Trains the networks of notebooks/lessons/shipped/recipe.ts on all patients, several side by side, each with one thread,
and packs them into data/weights with their index and the tables of its model card. Runs are in runs/weights; finished
ones are skipped, a stopped one goes on where it stopped: start the command again.

  --member NAME  trains one of them alone, in this process, and packs nothing: ${names.join(', ')}
                 (bit-equal where TF_NUM_INTRAOP_THREADS=1)
  --check        makes them again in runs/weights-check and compares them with data/weights, bit for bit;
                 with --member that one
  --card         writes the tables of the model card anew and trains nothing
  --data DIR     where the pictures lie, if not in data/${shippedRecipe.dataset}
  --at-once N    how many side by side; as many as there are cores
`;

const options = {
  member: { type: 'string' },
  check: { type: 'boolean' },
  card: { type: 'boolean' },
  data: { type: 'string' },
  'at-once': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Where members are trained: those that ship, and those that are compared with them. */
const runsOf = (isCheck = false): string => projectPath(isCheck ? 'runs/weights-check' : 'runs/weights');

async function trainAlone(name: string, runs: string, data?: string): Promise<number> {
  const member = findMember(name);
  const { description } = await startEngine();
  console.log(`engine: ${description}, TF_NUM_INTRAOP_THREADS ${process.env.TF_NUM_INTRAOP_THREADS ?? 'not set'}`);
  console.log(`Made ${await makeMember(member, { slices: await openTrainingSlices(data), runs })}`);
  return 0;
}

/** Compares members that were made again; how many differ. */
async function tellCompared(members: readonly ShippedMember[], places: MemberPlaces): Promise<number> {
  let differing = 0;
  for (const member of members) {
    const [isSame, told] = await compareMember(memberPlace(member, places).file, member.name, shippedFolder);
    console.log(told);
    if (!isSame) differing++;
  }
  return differing;
}

async function pack(places: MemberPlaces): Promise<void> {
  await startEngine();
  const { members } = await packShipped(places, shippedFolder);
  for (const { file, bytes, sha256 } of members) console.log(`${file}  ${bytes} bytes  ${sha256}`);
  console.log(`Wrote ${await writeCard(shippedFolder)}`);
}

interface Values {
  readonly member?: string;
  readonly check?: boolean;
  readonly data?: string;
  readonly 'at-once'?: string;
}

async function trainAll({ member, check, data, 'at-once': wanted }: Values): Promise<number> {
  const atOnce = wanted === undefined ? os.availableParallelism() : Number(wanted);
  if (!(Number.isInteger(atOnce) && atOnce > 0))
    throw new UserError(`Expected --at-once with a whole number above 0, found "${wanted}"`);
  const members = member === undefined ? shippedRecipe.members : [findMember(member)];
  const places = { slices: await openTrainingSlices(data), runs: runsOf(check) };
  const args = [...(data === undefined ? [] : ['--data', data]), ...(check ? ['--runs-of-check'] : [])];
  const { failed } = await runSideBySide(
    members.map(({ name }) => name),
    {
      script: 'scripts/weights.mjs',
      argumentsFor: (name) => ['--member', name, ...args],
      logs: places.runs,
      atOnce,
    },
  );
  if (failed.length > 0) return 1;
  if (check) return Math.min(1, await tellCompared(members, places));
  await pack(places);
  return 0;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...options, 'runs-of-check': { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.card) {
    console.log(`Wrote ${await writeCard(shippedFolder)}`);
    return 0;
  }
  const isAlone = values.member !== undefined && !values.check;
  return isAlone ? trainAlone(values.member!, runsOf(values['runs-of-check']), values.data) : trainAll(values);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: NodeJS.ErrnoException) => {
    const forTheUser = error instanceof UserError || error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(forTheUser ? error.message : error);
    process.exit(error instanceof TrainingStopped ? error.exitCode : 1);
  },
);
