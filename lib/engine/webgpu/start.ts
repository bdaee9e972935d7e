/** Starts WebGPU as the engine. */
import * as tf from '@tensorflow/tfjs';
import { type AdapterInfo, openDevice } from './dawn.ts';
import { type Backend, throwDeviceErrors } from './deviceErrors.ts';
import { registerWebgpuKernels } from './kernels.ts';
import { checkOnce } from './selfCheck.ts';

/** What the card calls itself, for people: its name, else what is known of it. */
const nameOf = ({ device, description, vendor, architecture }: AdapterInfo): string =>
  [device, description].find((text) => text.trim() !== '') ?? ([vendor, architecture].join(' ').trim() || 'unnamed');

/** What is registered with tfjs, in words, and whether it computes rightly. */
let card: { readonly words: string; readonly identity: string } | undefined;
let isChecked = false;

/**
 * Makes `webgpu` the backend of tfjs, on the fastest graphics card, with its faults mended. Returns what was started,
 * for people. Throws a UserError where the package `webgpu` is not installed, no card can be used, or the card computes
 * something else than plain JavaScript.
 */
export async function startWebgpu(): Promise<string> {
  card ??= await register();
  await tf.setBackend('webgpu');
  if (!isChecked) await checkOnce(card.words, card.identity);
  isChecked = true;
  return card.words;
}

/** Opens the card and gives it to tfjs; what it is in words, and all that is known of it. */
async function register(): Promise<NonNullable<typeof card>> {
  const { device, info, version } = await openDevice();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const backend = new WebGPUBackend(device as never, info as never);
  throwDeviceErrors(backend as unknown as Backend, device);
  // In the place of tfjs' own, which opens a device without a listener, and where there is none says so in a riddle.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 0);
  registerWebgpuKernels();
  const { vendor, architecture, device: name, description } = info;
  const identity = [vendor, architecture, name, description, version].join('\n');
  return { words: `WebGPU (${nameOf(info)})`, identity };
}
