/**
 * Picks and starts the engine that computes the network: native TensorFlow, WebAssembly, plain JavaScript or WebGPU.
 * Everything that needs `tf` imports it from here, so that all of them share one instance and one backend.
 */

import * as tf from '@tensorflow/tfjs';
import { loadTensorflow } from '#system/tensorflow';
import { messageOf, UserError } from './errors.ts';
import { type EngineChoice, type EngineName, engineSettings } from './settings.ts';
import { autoEngines } from './setup/engineNames.mjs';

export type { EngineName } from './settings.ts';
/** TensorFlow.js, the one instance that everything here shares. */
export { tf };

/** The engine that runs, what it is in words, and why it is not the fastest one where that is so. */
export interface EngineInfo {
  readonly name: EngineName;
  /** For people: `TensorFlow 2.16.2 (CPU)`, `wasm (SIMD)`, `WebGPU (NVIDIA H200)`. */
  readonly description: string;
  /** Why a faster engine was not taken; absent where the fastest one runs. */
  readonly fallbackReason?: string;
}

interface TensorflowBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

let started: EngineInfo | undefined;

/** The engine that runs now. Throws when none was started. */
export function currentEngine(): EngineInfo {
  if (!started) throw new UserError('Expected a running engine, found none: call startEngine() first');
  return started;
}

/** True where operations may call TensorFlow's own kernels. */
export const isNative = (): boolean => tf.getBackend() === 'tensorflow';

/** True where TensorFlow computes on a graphics card. */
export const isOnGpu = (): boolean => isNative() && (tf.backend() as unknown as TensorflowBackend).isUsingGpuDevice;

/** True where TensorFlow has a gradient of dilated convolutions: on a GPU, and on a CPU with oneDNN. */
export const hasDilatedGradient = (): boolean => isNative() && (isOnGpu() || process.env.TF_ENABLE_ONEDNN_OPTS === '1');

async function startTensorflow(): Promise<EngineInfo> {
  await loadTensorflow();
  await tf.setBackend('tensorflow');
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as TensorflowBackend;
  return { name: 'tensorflow', description: `TensorFlow ${binding.TF_Version} (${isUsingGpuDevice ? 'GPU' : 'CPU'})` };
}

async function startWebAssembly(): Promise<EngineInfo> {
  const { startWasm } = await import('./wasm/start.ts');
  return { name: 'wasm', description: await startWasm() };
}

async function startPlain(): Promise<EngineInfo> {
  await tf.setBackend('cpu');
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false; // no advertisement on the first operation
  return { name: 'cpu', description: 'plain JavaScript (slow: for tests and as the last resort)' };
}

async function startGraphicsCard(): Promise<EngineInfo> {
  const { startWebgpu } = await import('#system/webgpu');
  return { name: 'webgpu', description: await startWebgpu() };
}

const starters: Record<EngineName, () => Promise<EngineInfo>> = {
  tensorflow: startTensorflow,
  wasm: startWebAssembly,
  cpu: startPlain,
  webgpu: startGraphicsCard,
};

/**
 * Starts the chosen engine (`AXUNET_ENGINE` by default) or, with `auto`, the fastest that works here.
 * A second call returns the running engine; asking for another one then switches to it.
 * Throws when a named engine cannot start.
 */
export async function startEngine(choice: EngineChoice = engineSettings.engine): Promise<EngineInfo> {
  if (started && (choice === 'auto' || choice === started.name) && tf.getBackend() === started.name) return started;
  const order: readonly EngineName[] = choice === 'auto' ? autoEngines : [choice];
  const reasons: string[] = [];
  for (const name of order) {
    try {
      const info = await starters[name]();
      started = reasons.length ? { ...info, fallbackReason: reasons.join('; ') } : info;
      return started;
    } catch (error) {
      reasons.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw new UserError(`Expected the engine ${choice} to start, found: ${reasons.join('; ')}`);
}
