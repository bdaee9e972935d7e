import { startEngine } from 'axunet-engine/engine';
import { cleanText, UserError } from '../../errors.ts';
import { importPdparams } from '../../export/importRun.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/import.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { pdparams, out, variant, rates: asppRates, size, window: windowHu, dataset, force } = values;
  if (operands.length > 0 || pdparams === undefined || out === undefined)
    throw new UserError('Expected axunet import --pdparams FILE --out RUN');
  await startEngine();
  const choices = { variant, asppRates, size, windowHu, dataset, force };
  const { description, unused } = await importPdparams(pdparams, out, choices);
  const { model, grid } = description;
  console.log(
    `${out}: ${model.variant}, width ${model.width}, rates ${model.asppRates.join(', ')}, ${model.classes} classes, ` +
      `slices of ${grid.size.join('×')} pixels`,
  );
  if (unused.length > 0) console.log(`Not used, for this network has no such weights: ${cleanText(unused.join(', '))}`);
  return 0;
}
