import { startEngine } from 'axunet-engine/engine';
import { UserError } from '../../errors.ts';
import { formatScores } from '../../evaluate/formatScores.ts';
import { saveRunFigures } from '../../figures/runFigures.ts';
import { openSlices } from '../../preprocess/sliceSet.ts';
import { loadRun } from '../../train/loadRun.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/figures.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { slices: slicesFolder, out, weights, command, source } = values;
  if (operands.length !== 1 || !slicesFolder || !out)
    throw new UserError('Expected axunet figures RUN --slices DIR --out DIR');
  const engine = await startEngine();
  const [trained, slices] = [await loadRun(operands[0]!, weights), await openSlices(slicesFolder)];
  const origin = { weights, engine: engine.description, command, source };
  const scores = await saveRunFigures(out, trained, slices, origin);
  console.log(`${formatScores(scores)}\n\nFigures and results.json are in ${out}`);
  return 0;
}
