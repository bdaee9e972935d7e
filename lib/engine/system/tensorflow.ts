/** TensorFlow's library: where set-up has put it, whether it is whole, and loading it. None in a browser. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { UserError } from '../errors.ts';

const require = createRequire(import.meta.url);

/** The compiled binding that set-up (setup/) puts into the package; absent until it has run. */
export function bindingFile(): string {
  return path.join(
    path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')),
    'lib/napi-v8/tfjs_binding.node',
  );
}

/**
 * Why TensorFlow's library must not be loaded, in words: it is gone, changed or damaged since set-up. Every byte is
 * compared, where set-up noted checksums (two seconds); starting the engine compares sizes and dates alone.
 */
export async function libraryDamage(): Promise<string | undefined> {
  const { whyDamaged } = await import('../setup/library.mjs');
  return whyDamaged();
}

/** Loads TensorFlow as a backend of tfjs. Throws a UserError where it is not set up, or not as it was. */
export async function loadTensorflow(): Promise<void> {
  if (!existsSync(bindingFile())) throw new UserError('TensorFlow is not set up yet (npm run setup does it)');
  const { whyChanged } = await import('../setup/library.mjs');
  const changed = whyChanged();
  if (changed !== undefined) throw new UserError(changed);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // TensorFlow turns its oneDNN kernels on by itself only on some processors; without them training is slower
  // everywhere and a dilated convolution has no gradient on the CPU.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  // tfjs-node calls util.isNullOrUndefined, which Node 23 removed.
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  require('@tensorflow/tfjs-node-gpu');
}

/** Where set-up puts the compiled binding of graphs. */
export const graphBindingFile = (): string => path.join(path.dirname(bindingFile()), 'tensorflow_graph.node');

/** The binding of graphs; undefined where it is not compiled. Throws where it does not load. */
export const loadGraphBinding = (): unknown =>
  existsSync(graphBindingFile()) ? require(graphBindingFile()) : undefined;
