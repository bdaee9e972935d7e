/** The options of paper-size on the command line. */
import { expected } from '../../lib/errors.ts';
import { projectPath } from '../../lib/settings.ts';
import { wholeNumber } from '../time-to-dice-options.ts';
import { nihSize } from './cohort.ts';
import type { PaperSizeOptions } from './main.ts';

/** For `parseArgs`. */
export const paperSizeArguments = {
  volumes: { type: 'string' },
  compared: { type: 'string' },
  out: { type: 'string' },
} as const;

export function paperSizeOptions(given: { [name in keyof typeof paperSizeArguments]?: string }): PaperSizeOptions {
  const { volumes = `${nihSize.volumes}`, compared = '3', out = projectPath('figures/recorded/paper-size') } = given;
  const count = wholeNumber('volumes to compare', compared);
  // Of fewer than three no patient would be left to validate on.
  if (count < 3) throw expected('at least 3 volumes to compare', `${count}`);
  return { volumes: wholeNumber('volumes', volumes), compared: count, out };
}
