/** The option `--data`, and the names of data sets for the Tab key. */
import type { OptionDefinition } from '../definition.ts';

export const datasetNames = async (): Promise<string[]> =>
  (await import('../../dataset/registry.ts')).registry.map(({ name }) => name);

export const dataOption = {
  value: 'DIR',
  text: 'where the named set lies',
  usually: 'data/NAME',
} as const satisfies OptionDefinition;
