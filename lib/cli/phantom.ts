import { parseArgs } from 'node:util';
import { defaultFolder, shortPath } from '../dataset/cases.ts';
import { makePhantomCohort, phantomProfiles } from '../dataset/phantom.ts';
import { expected } from '../errors.ts';
import { startProgress } from '../progress.ts';
import { type Profile, profiles, settings } from '../settings.ts';
import type { Command } from './command.ts';

const profileLines = profiles
  .map((name) => {
    const { patients, size } = phantomProfiles[name];
    return `                  ${name.padEnd(5)} ${patients} patients, ${size[0]}×${size[1]} pixels, about ${size[2]} slices`;
  })
  .join('\n');

const help = `Makes the phantom cohort: synthetic abdominal CT volumes with pancreas and tumour labels.

Usage: axunet phantom [options]

  --out DIR       where the cohort goes (default data/phantom, data/phantom-NAME for another profile)
  --profile NAME  how many and how large (default: AXUNET_PROFILE, else demo)
${profileLines}
  --patients N    another number of patients
  --seed N        another cohort (default 1)

Complete patients are kept and damaged ones made again, so the command can be repeated at any time.

Example: axunet phantom --profile tiny --out data/phantom-tiny`;

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw expected(`--${option} with a whole number`, `"${text}"`);
}

function profileNamed(text: string): Profile {
  const profile = profiles.find((name) => name === text);
  if (!profile) throw expected(`--profile ${profiles.join(', ')}`, `"${text}"`);
  return profile;
}

async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      profile: { type: 'string' },
      patients: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const profile = profileNamed(values.profile ?? settings.profile);
  const patients = wholeNumber('patients', values.patients) ?? phantomProfiles[profile].patients;
  const out = values.out ?? defaultFolder('phantom', profile);
  const progress = startProgress('phantom patients', patients);
  await makePhantomCohort(out, {
    profile,
    patients,
    seed: wholeNumber('seed', values.seed),
    onProgress: (done, _total, note) => progress.update(done, note),
  });
  progress.finish();
  console.log(`${patients} phantom patients in ${shortPath(out)}`);
  return 0;
}

export const phantom: Command = {
  name: 'phantom',
  summary: 'make the synthetic cohort that the notebooks start with',
  help,
  run,
};
