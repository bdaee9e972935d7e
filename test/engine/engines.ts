/** The engines that can start here; tests of operations run on every one of them. */
import { existsSync } from 'node:fs';
import type { EngineName } from '../../lib/engine/engine.ts';
import { bindingFile } from '../../lib/engine/system/tensorflow.ts';

const native = existsSync(bindingFile());

/** Plain JavaScript last: it is the oracle of the others. TensorFlow only where set-up has run. */
export const engines: { engine: EngineName; available: boolean; title: string }[] = [
  {
    engine: 'tensorflow',
    available: native,
    title: native ? 'tensorflow' : 'tensorflow (skipped: it is not set up here)',
  },
  { engine: 'wasm', available: true, title: 'wasm' },
  { engine: 'cpu', available: true, title: 'cpu' },
];

/** The engines again, TensorFlow twice: with the kernels of lib/engine/cpp, and with its own alone. */
interface KernelSet {
  title: string;
  engine: EngineName;
  available: boolean;
  own: boolean;
}
export const kernelSets: KernelSet[] = engines.flatMap(({ engine, available, title }): KernelSet[] =>
  (engine === 'tensorflow' ? [' with our kernels', ' with its own kernels alone'] : ['']).map((kernels, i) => ({
    title: title + kernels,
    engine,
    available,
    own: i === 0,
  })),
);
