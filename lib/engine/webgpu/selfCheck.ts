/**
 * The self-check of a graphics card: before its first use, loss, gradients and an update of a small network are
 * compared with plain JavaScript. A note of it lies in the cache folder; another card, driver or version is checked
 * anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { UserError } from '../errors.ts';
import { engineSettings } from '../settings.ts';
import { cacheFolder } from '../setup/cacheFolder.mjs';
import { checkedNumbers } from './checkNetwork.ts';

/** How far numbers may be apart, of the largest of their kind; a wrong operation is farther by orders. */
const tolerance = 1e-3;

/** The first numbers that differ, in words; undefined where all are near. */
export function firstDifference(
  found: ReadonlyMap<string, Float32Array>,
  wanted: ReadonlyMap<string, Float32Array>,
): string | undefined {
  for (const [name, numbers] of wanted) {
    const ours = found.get(name);
    const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const farthest = numbers.reduce((most, value, i) => Math.max(most, Math.abs(value - (ours?.[i] ?? NaN))), 0);
    if (!(farthest <= tolerance * scale)) return `${name} (by ${farthest.toExponential(1)} of ${scale.toPrecision(2)})`;
  }
  return undefined;
}

/** A digest of what computes: the card with its driver, and the code of its kernels and of the check. */
function digestOf(identity: string): string {
  const digest = createHash('sha256').update(identity).update(tf.version.tfjs);
  for (const folder of ['.', '../wasm']) {
    const place = fileURLToPath(new URL(folder, import.meta.url));
    for (const file of readdirSync(place).sort()) digest.update(readFileSync(path.join(place, file)));
  }
  return digest.digest('hex').slice(0, 32);
}

/** On plain JavaScript; the engine that ran before runs after it. */
async function plainNumbers(): Promise<Map<string, Float32Array>> {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false; // no advertisement on the first operation
    return await checkedNumbers();
  } finally {
    await tf.setBackend(before);
  }
}

/**
 * Compares the running engine, `what` it is in words, with plain JavaScript, unless AXUNET_STEP_CHECK or a note says
 * that it need not. `identity` tells cards, drivers and versions apart. Throws a UserError that names the first numbers
 * which differ.
 */
export async function checkOnce(what: string, identity: string): Promise<void> {
  if (engineSettings.stepCheck === 'never') return;
  const file = path.join(cacheFolder(), 'checked-cards', `${digestOf(identity)}.json`);
  if (engineSettings.stepCheck === 'once' && existsSync(file)) return;
  const found = await checkedNumbers();
  const difference = firstDifference(found, await plainNumbers());
  if (difference)
    throw new UserError(`${what} computes wrongly: of a small network, ${difference} differs from plain JavaScript`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ card: what, numbers: found.size })}\n`); // that it is there is what counts
}
