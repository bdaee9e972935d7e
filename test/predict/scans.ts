/** Scans of a body of one value with an organ of another in air, with numbers that can be told by hand. */

import type { SliceSet } from '../../lib/preprocess/sliceSet.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { slicesInMemory } from '../preprocess/slicesInMemory.ts';

export const side = 40;
export const windowHu = [-160, 240] as const;

export interface Body {
  readonly bodyHu: number;
  readonly organHu: number;
  /** Rows and columns of the body, in pixels. */
  readonly rows: number;
  readonly columns: number;
}

const usual: Body = { bodyHu: 60, organHu: 100, rows: 20, columns: 30 };

const isInside = (p: number, rows: number, columns: number): boolean =>
  Math.abs(Math.floor(p / side) - side / 2 + 0.5) < rows / 2 && Math.abs((p % side) - side / 2 + 0.5) < columns / 2;

/** HU and organ of a slice. */
export function sliceOf(changes: Partial<Body> = {}): { hu: Float32Array; mask: Uint8Array } {
  const { bodyHu, organHu, rows, columns } = { ...usual, ...changes };
  const mask = Uint8Array.from({ length: side * side }, (_, p) => Number(isInside(p, 4, 4)));
  const outside = (p: number): number => (isInside(p, rows, columns) ? bodyHu : -1000);
  return { mask, hu: Float32Array.from(mask, (v, p) => (v ? organHu : outside(p))) };
}

/** A canonical volume of six such slices, the organ in four of them. */
export function scanOf(changes: Partial<Body> = {}, mm = 2, sliceMm = 3): { image: Volume; mask: Volume<Uint8Array> } {
  const { hu, mask } = sliceOf(changes);
  const affine = [-mm, 0, 0, 0, 0, -mm, 0, 0, 0, 0, sliceMm, 0, 0, 0, 0, 1];
  const geometry = { shape: [side, side, 6], spacingMm: [mm, mm, sliceMm], affine } as const;
  const image = new Int16Array(6 * hu.length);
  const organ = new Uint8Array(6 * hu.length);
  for (let z = 0; z < 6; z++) {
    image.set(hu, z * hu.length);
    if (z > 0 && z < 5) organ.set(mask, z * hu.length);
  }
  return { image: { ...geometry, data: image }, mask: { ...geometry, data: organ } };
}

/** Slices of patients, two each, as preprocessing makes them. */
export function slicesOfBodies(bodies: readonly Partial<Body>[], mm = 2, sliceMm = 3): SliceSet {
  const slices = bodies.flatMap((body, k) =>
    [0, 1].map((z) => {
      const { hu, mask } = sliceOf(body);
      const seen = hu.map((v) => (Math.min(240, Math.max(-160, v)) + 160) / 400);
      const image = new Float32Array(3 * seen.length); // neighbours of 0, which must not count
      image.set(seen, seen.length);
      return { id: `p${k}-${z}`, patient: `p${k}`, z, image, label: mask, height: side, width: side };
    }),
  );
  const set = slicesInMemory(
    slices.map((one) => ({ ...one, spacingMm: [mm, mm] as const })),
    { unit: 'mm' },
  );
  const cases = bodies.map((_, k) => ({ id: `p${k}`, patient: `p${k}`, sliceMm, sources: {}, slices: 2 }));
  return { ...set, manifest: { ...set.manifest, windowHu: [-160, 240], cases } };
}
