import { startEngine } from 'axunet-engine/engine';
import { runFolders } from '../../crossval/models.ts';
import { expected, UserError } from '../../errors.ts';
import { exportNetwork } from '../../export/exportRun.ts';
import { loadRun } from '../../train/loadRun.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/export.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { run: folder, onnx, tfjs, savedModel, weights, force } = values;
  if (operands.length > 0 || folder === undefined || (onnx ?? tfjs ?? savedModel) === undefined)
    throw new UserError('Expected axunet export --run RUN with --onnx FILE, --tfjs DIR or --saved-model DIR');
  const folders = await runFolders(folder);
  if (folders.length > 1)
    throw expected(`the run of one network, such as ${folders[0]}`, `a cross-validation of ${folders.length}`, folder);
  await startEngine();
  const trained = await loadRun(folders[0]!, weights);
  try {
    const made = await exportNetwork(trained, { onnx, tfjs, savedModel, force });
    console.log(`Made ${made.join(', ')}`);
  } finally {
    trained.model.dispose();
  }
  return 0;
}
