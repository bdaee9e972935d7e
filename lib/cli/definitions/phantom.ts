import { phantomProfiles } from '../../dataset/phantom/profiles.ts';
import { profiles } from '../../settings.ts';
import type { CommandDefinition, Options } from '../definition.ts';
import { wholeNumberOption } from '../options/numbers.ts';

export const options = {
  out: {
    value: 'DIR',
    output: 'folder',
    text: 'where the cohort goes',
    usually: 'data/phantom, data/phantom-NAME for another profile',
  },
  profile: {
    value: 'NAME',
    text: 'how many and how large',
    choices: profiles,
    usually: 'AXUNET_PROFILE, else demo',
  },
  patients: {
    value: 'N',
    text: 'another number of patients',
    usually: "the profile's",
    parse: wholeNumberOption('--patients with a whole number'),
  },
  seed: { value: 'N', text: 'another cohort', usually: '1', parse: wholeNumberOption('--seed with a whole number') },
} as const satisfies Options;

const profileLines = profiles.map((name) => {
  const { patients, size } = phantomProfiles[name];
  return `  ${name.padEnd(5)}  ${patients} patients, ${size[0]}×${size[1]} pixels, about ${size[2]} slices`;
});

export const phantom = {
  name: 'phantom',
  summary: 'make the synthetic cohort that the notebooks start with',
  usage: ['[options]'],
  about: 'Makes the phantom cohort: synthetic abdominal CT volumes with pancreas and tumour labels.',
  options,
  notes: [
    'Profiles:',
    profileLines.join('\n'),
    'Complete patients are kept and damaged ones made again, so the command can be repeated at any time.',
  ],
  example: 'phantom --profile tiny --out data/phantom-tiny',
} as const satisfies CommandDefinition;
