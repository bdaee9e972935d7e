/** The options of time-to-dice and nnunet on the command line. */
import { expected, UserError } from '../lib/errors.ts';
import { projectPath } from '../lib/settings.ts';
import type { NnunetOptions } from './nnunet.ts';
import type { DiceOptions } from './time-to-dice.ts';

/** For `parseArgs`. */
export const diceArguments = {
  epochs: { type: 'string' },
  minutes: { type: 'string' },
  folds: { type: 'string' },
  every: { type: 'string' },
  threads: { type: 'string' },
  memory: { type: 'string' },
  patients: { type: 'string' },
  data: { type: 'string' },
  out: { type: 'string' },
} as const;
export type DiceArguments = { readonly [name in keyof typeof diceArguments]?: string };

/** Throws a UserError for anything but a whole number above 0. */
export function wholeNumber(what: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw expected(`a whole number of ${what} above 0`, `"${given}"`);
  return value;
}

function positive(what: string, given: string): number {
  if (!(Number(given) > 0 && Number.isFinite(Number(given)))) throw expected(`a positive ${what}`, `"${given}"`);
  return Number(given);
}

/** `0,1` in order and once each. */
function foldNumbers(given = '0,1,2,3,4'): number[] {
  const parts = given.split(',');
  if (!parts.every((part) => /^\d$/.test(part))) throw expected('folds such as 0,1', `"${given}"`);
  return [...new Set(parts.map(Number))].sort((a, b) => a - b);
}

const common = ({ folds, threads = '2', patients, data, out }: DiceArguments) => ({
  folds: foldNumbers(folds),
  threads: wholeNumber('threads', threads),
  ...(patients !== undefined && { patients: wholeNumber('patients', patients) }),
  data,
  out: out ?? projectPath('figures/recorded/time-to-dice'),
});

export function timeToDiceOptions(given: DiceArguments, n: number): DiceOptions {
  const { epochs, minutes, every = '1', memory } = given;
  if ((epochs === undefined) === (minutes === undefined))
    throw new UserError(`Expected either --epochs or --minutes, found ${epochs === undefined ? 'neither' : 'both'}`);
  if (memory !== undefined) throw new UserError('Expected time-to-dice without --memory, which is of nnunet');
  return {
    ...common(given),
    n,
    every: wholeNumber('epochs between snapshots', every),
    ...(epochs !== undefined && { epochs: wholeNumber('epochs', epochs) }),
    ...(minutes !== undefined && { minutes: positive('number of minutes', minutes) }),
  };
}

export function nnunetOptions(given: DiceArguments): NnunetOptions {
  const { memory, minutes, epochs, every } = given;
  if (epochs !== undefined || every !== undefined)
    throw new UserError('Expected nnunet without --epochs and --every: it trains as long as ours took, or --minutes');
  return {
    ...common(given),
    ...(minutes !== undefined && { minutes: positive('number of minutes', minutes) }),
    ...(memory !== undefined && { memoryTargetGb: positive('number of GB', memory) }),
  };
}
