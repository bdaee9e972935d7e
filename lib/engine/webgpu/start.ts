/** Starts WebGPU as the engine. */
import * as tf from '@tensorflow/tfjs';
import { type AdapterInfo, openDevice } from './dawn.ts';
import { type Backend, throwDeviceErrors } from './deviceErrors.ts';
import { registerWebgpuKernels } from './kernels.ts';

/** What the card calls itself, for people: its name, else what is known of it. */
const nameOf = ({ device, description, vendor, architecture }: AdapterInfo): string =>
  [device, description].find((text) => text.trim() !== '') ?? ([vendor, architecture].join(' ').trim() || 'unnamed');

let card: string | undefined;

/**
 * Makes `webgpu` the backend of tfjs, on the fastest graphics card, with its faults mended. Returns what was started,
 * for people. Throws a UserError where the package `webgpu` is not installed or no card can be used.
 */
export async function startWebgpu(): Promise<string> {
  card ??= await register();
  await tf.setBackend('webgpu');
  return card;
}

async function register(): Promise<string> {
  const { device, info } = await openDevice();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const backend = new WebGPUBackend(device as never, info as never);
  throwDeviceErrors(backend as unknown as Backend, device);
  // tfjs' own way of opening the device asks for `bgra8unorm-storage` in a form that no card has.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 0);
  registerWebgpuKernels();
  return `WebGPU (${nameOf(info)})`;
}
