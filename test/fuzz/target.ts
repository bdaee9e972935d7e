/** What a target of the search is, and what several of them share. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeNifti } from '../../lib/io/nifti.ts';
import type { Random } from '../../lib/random.ts';
import { referenceConfig } from '../../lib/train/config.ts';
import type { Volume, VoxelArray } from '../../lib/volume/volume.ts';
import { damageBytes, damageJson, pick } from './mutate.ts';

export interface Target {
  readonly name: string;
  /** What every refusal names: the folder of the damaged file. */
  readonly place: string;
  /** Writes one damaged example into the folder. */
  write(random: Random): void;
  read(): Promise<unknown>;
}

/** A format whose examples are bytes in one file. */
export function ofBytes(
  folder: string,
  [name, file]: readonly [string, string],
  examples: readonly Buffer[],
  read: (file: string) => Promise<unknown>,
  repair: (bytes: Buffer, random: Random) => Buffer = (bytes) => bytes,
): Target {
  const place = path.join(folder, file);
  return {
    name,
    place: folder,
    write: (random) => writeFileSync(place, repair(damageBytes(pick(random, examples), random), random)),
    read: () => read(place),
  };
}

/** A format whose examples are JSON in one file; one in eight is damaged as bytes. */
export function ofJson(
  folder: string,
  [name, file]: readonly [string, string],
  examples: readonly unknown[],
  read: (file: string) => Promise<unknown>,
): Target {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  return {
    name,
    place: folder,
    write(random) {
      const example = pick(random, examples);
      const text =
        random.integer(8) === 0
          ? damageBytes(Buffer.from(JSON.stringify(example)), random)
          : JSON.stringify(damageJson(example, random));
      writeFileSync(place, text ?? 'undefined');
    },
    read: () => read(place),
  };
}

const affine = [-1, 0, 0, 5, 0, -1, 0, 5, 0, 0, 2, -5, 0, 0, 0, 1];
export const volumeOf = (data: VoxelArray): Volume => ({ data, shape: [2, 3, 4], spacingMm: [1, 1, 2], affine });
export const ramp = Int16Array.from({ length: 24 }, (_, i) => 10 * i - 100);

export async function niftiExamples(folder: string): Promise<Buffer[]> {
  const file = path.join(folder, 'example.nii');
  const found: Buffer[] = [];
  for (const data of [ramp, Float32Array.from(ramp), Uint8Array.from(ramp, (v) => v & 1)]) {
    await writeNifti(file, volumeOf(data));
    found.push(readFileSync(file));
  }
  return found;
}

/** Packed after the damage, which reaches what lies behind the packing; one in four is damaged once more. */
export function rezip(bytes: Buffer, random: Random): Buffer {
  const packed = gzipSync(bytes);
  return random.integer(4) === 0 ? damageBytes(packed, random) : packed;
}

export const description = {
  axunet: '0.1.0',
  config: referenceConfig,
  model: { variant: 'unet', width: 4, inputSize: [16, 16], inputChannels: 3, classes: 2, asppRates: [2, 4, 6] },
  grid: { size: [16, 16], unit: 'mm', centre: [0, 0], extent: [16, 16] },
  data: { dataset: 'fuzz', mode: 'default', windowHu: [-160, 240], unit: 'mm', slices: 2, sha256: '00' },
  patients: { training: ['a'], validation: ['b'] },
};
export const position = { step: 1, epochs: 1, batch: 0, lossSum: 0, seconds: 1, best: null, sinceBest: 0, dice: null };
