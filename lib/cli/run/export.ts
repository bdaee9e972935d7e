import { startEngine } from 'axunet-engine/engine';
import { runFolders } from '../../crossval/models.ts';
import { expected, UserError } from '../../errors.ts';
import { exportFormats, exportNetwork } from '../../export/exportRun.ts';
import { loadNetwork } from '../../weights/loadNetwork.ts';
import { isShippedName, shippedFiles } from '../../weights/shipped.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/export.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { run: folder, weights, ...targets } = values;
  if (operands.length > 0 || folder === undefined || exportFormats.every((format) => targets[format] === undefined))
    throw new UserError(
      'Expected axunet export --run RUN with --onnx FILE, --tfjs DIR, --saved-model DIR or --safetensors FILE',
    );
  const folders = isShippedName(folder) ? (await shippedFiles(folder)).files : await runFolders(folder);
  if (folders.length > 1)
    throw expected(`the run of one network, such as ${folders[0]}`, `${folders.length} of them`, folder);
  await startEngine();
  const trained = await loadNetwork(folders[0]!, weights);
  try {
    const made = await exportNetwork(trained, targets);
    console.log(`Made ${made.join(', ')}`);
  } finally {
    trained.model.dispose();
  }
  return 0;
}
