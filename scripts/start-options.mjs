// The options of `npm start`: what they are called, what they mean, and the variables they become.
import fs from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import { engineChoices } from '../lib/engine/setup/engineNames.mjs';
import { Problem } from './common.mjs';

export const help = `npm start [-- options]

Checks Node, installs the packages, sets up TensorFlow, makes the phantom cohort, runs the notebooks and
sums up. Executed notebooks, figures and metrics go to figures/latest; tracked files are left alone.

  --dataset NAME    the data set instead of the phantom cohort (npm run axunet data lists them)
  --data FOLDER     where that data set lies; by default data/NAME
  --folds all|K     train all folds, or fold K only (from 0); by default the first
  --from RUN        begin each training with the weights of a network: a run, a file of axunet export
                    --safetensors, or weights for the ones that come with the project
  --minutes N       stop each training after N minutes and score the network as it is then
  --profile NAME    tiny, demo (default), study or paper: how large and how long
  --engine NAME     auto (default), tensorflow, wasm, cpu or webgpu
  --notebook NAME   run this notebook only; may be given several times
  --refresh         write the outputs into notebooks/ and the figures into figures/ (npm run figures)
  --help            this text

Examples: npm start
          npm start -- --dataset nih-2d --data ../nih-slices --minutes 30
          npm start -- --notebook radiomics`;

const options = {
  dataset: { type: 'string' },
  data: { type: 'string' },
  folds: { type: 'string' },
  from: { type: 'string' },
  minutes: { type: 'string' },
  profile: { type: 'string' },
  engine: { type: 'string' },
  notebook: { type: 'string', multiple: true },
  refresh: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

const checks = {
  folds: [/^(all|\d+)$/, 'all or the number of a fold'],
  minutes: [/^(?=.*[1-9])\d+(\.\d+)?$/, 'a number of minutes above 0'],
  profile: [/^(tiny|demo|study|paper)$/, 'one of tiny, demo, study, paper'],
  engine: [new RegExp(`^(${engineChoices.join('|')})$`), `one of ${engineChoices.join(', ')}`],
};

/**
 * Parses the arguments. Throws a Problem for what is unknown or wrong.
 * @param argv the arguments after the script
 * @param cwd the folder that relative paths are meant from
 * @returns {help, refresh, notebooks: string[], env: {AXUNET_…: string}}
 */
export function parseOptions(argv, cwd) {
  const values = parse(argv);
  for (const [name, [pattern, meaning]] of Object.entries(checks)) {
    if (values[name] !== undefined && !pattern.test(values[name]))
      throw new Problem(`Expected --${name} to be ${meaning}, found "${values[name]}".`);
  }
  const env = {};
  for (const name of ['dataset', 'folds', 'minutes', 'profile', 'engine']) {
    if (values[name] !== undefined) env[`AXUNET_${name.toUpperCase()}`] = values[name];
  }
  if (values.from !== undefined) env.AXUNET_FROM = fromPlace(values.from, cwd);
  if (values.data !== undefined) {
    env.AXUNET_DATA = path.resolve(cwd, values.data);
    if (!fs.existsSync(env.AXUNET_DATA))
      throw new Problem(`Expected --data to be a folder, found nothing at ${env.AXUNET_DATA}.`);
    if (values.dataset === undefined)
      throw new Problem(
        'Expected --dataset NAME together with --data, found none: the name tells how to read the folder.',
      );
  }
  return { help: values.help, refresh: values.refresh, notebooks: values.notebook ?? [], env };
}

/** A run or file as an absolute path; a name of weights that come with the project as it is. */
function fromPlace(from, cwd) {
  const place = path.resolve(cwd, from);
  if (fs.existsSync(place)) return place;
  if (/[/\\.]/.test(from)) throw new Problem(`Expected --from to be a run or a file, found nothing at ${place}.`);
  return from;
}

function parse(argv) {
  try {
    return util.parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new Problem(`${error.message.split('. ')[0]}; npm start -- --help lists the options.`);
  }
}
