import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Components,
  type Connectivity,
  connectedComponents,
  fillHoles,
  largestComponent,
  removeSmallObjects,
} from '../../lib/volume/components.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

/** Component numbers by flooding from each voxel in turn, straight from the definition. */
function flood(mask: ArrayLike<number>, [width, height, depth]: Vec3, connectivity: Connectivity): number[] {
  const labels = new Array<number>(width * height * depth).fill(0);
  const nearest = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const steps = [-1, 0, 1]
    .flatMap((dz) => [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy, dz])))
    .filter(([dx, dy, dz]) => {
      const n = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
      return n > 0 && n <= nearest;
    });
  let count = 0;
  for (let seed = 0; seed < labels.length; seed++) {
    if (mask[seed] === 0 || labels[seed] !== 0) continue;
    labels[seed] = ++count;
    for (const open = [seed]; open.length; ) {
      const i = open.pop()!;
      const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
      for (const [dx, dy, dz] of steps) {
        const [a, b, c] = [x + dx, y + dy, z + dz];
        if (a < 0 || b < 0 || c < 0 || a >= width || b >= height || c >= depth) continue;
        const j = a + width * (b + height * c);
        if (mask[j] !== 0 && labels[j] === 0) open.push(j) && (labels[j] = count);
      }
    }
  }
  return labels;
}

/** The number of its component for each voxel, from 1; 0 for background. */
function labelsOf({ runs, ofRun }: Components, voxels: number): number[] {
  const labels = new Array<number>(voxels).fill(0);
  for (let run = 0; run < runs.count; run++) labels.fill(ofRun[run] + 1, runs.start[run], runs.end[run]);
  return labels;
}

/** Background that flooding from outside the image over faces does not reach. */
function filled(mask: ArrayLike<number>, [width, height, depth]: Vec3): number[] {
  const padded: Vec3 = [width + 2, height + 2, depth === 1 ? 1 : depth + 2];
  const background = new Array<number>(padded[0] * padded[1] * padded[2]).fill(1);
  const at = (i: number): number => {
    const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    return x + 1 + padded[0] * (y + 1 + padded[1] * (depth === 1 ? z : z + 1));
  };
  for (let i = 0; i < mask.length; i++) background[at(i)] = mask[i] === 0 ? 1 : 0;
  const labels = flood(background, padded, 6);
  return Array.from(mask, (_, i) => Number(labels[at(i)] !== 1));
}

const axis = fc.integer({ min: 1, max: 8 });
const masks = fc.tuple(axis, axis, axis, fc.constantFrom(0.1, 0.4, 0.7, 0.95)).chain(([x, y, z, share]) =>
  fc.record({
    shape: fc.constant([x, y, z] as const),
    mask: fc
      .array(
        fc.double({ min: 0, max: 1, noNaN: true }).map((v) => (v < share ? 3 : 0)),
        { minLength: x * y * z, maxLength: x * y * z },
      )
      .map((values) => Uint8Array.from(values)),
  }),
);
const connectivities = fc.constantFrom<Connectivity>(6, 18, 26);

describe('connected components', () => {
  it('are those of flooding, in the same order, with their sizes', () => {
    fc.assert(
      fc.property(masks, connectivities, ({ shape, mask }, connectivity) => {
        const components = connectedComponents(mask, shape, connectivity);
        const wanted = flood(mask, shape, connectivity);
        expect(labelsOf(components, mask.length)).toEqual(wanted);
        expect(components.voxels).toEqual(
          components.voxels.map((_, c) => wanted.filter((label) => label === c + 1).length),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('meet over faces, edges and corners as asked', () => {
    const [overEdge, overCorner] = [
      Uint8Array.from([1, 0, 0, 1, 0, 0, 0, 0]),
      Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 1]),
    ];
    const count = (mask: Uint8Array, connectivity: Connectivity): number =>
      connectedComponents(mask, [2, 2, 2], connectivity).voxels.length;
    expect([count(overEdge, 6), count(overEdge, 18), count(overEdge, 26)]).toEqual([2, 1, 1]);
    expect([count(overCorner, 6), count(overCorner, 18), count(overCorner, 26)]).toEqual([2, 2, 1]);
  });

  it('of an empty mask are none, of other sizes and connectivities refused', () => {
    expect(connectedComponents(new Uint8Array(8), [2, 2, 2]).voxels).toEqual([]);
    expect(() => connectedComponents([1], [2, 1, 1])).toThrow('Expected a mask of 2×1×1 voxels, found 1 values');
    expect(() => connectedComponents([1, 1], [2, 1, 1], 8 as Connectivity)).toThrow(
      'Expected connectivity 6, 18 or 26, found 8',
    );
  });
});

describe('cleaning a mask', () => {
  const row = Uint8Array.from([1, 0, 2, 2, 0, 3, 3, 0, 1]);

  it('keeps the largest component, the first of equal ones, or those that are large enough', () => {
    expect([...largestComponent(row, [9, 1, 1])]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0]);
    expect([...removeSmallObjects(row, [9, 1, 1], 2)]).toEqual([0, 0, 1, 1, 0, 1, 1, 0, 0]);
    expect([...largestComponent(new Uint8Array(9), [9, 1, 1])]).toEqual(new Array(9).fill(0));
    expect([...row]).toEqual([1, 0, 2, 2, 0, 3, 3, 0, 1]);
  });

  it('fills what flooding from outside does not reach', () => {
    fc.assert(
      fc.property(masks, ({ shape, mask }) => {
        expect([...fillHoles(mask, shape)]).toEqual(filled(mask, shape));
      }),
      { numRuns: 300 },
    );
  });

  it('fills a ring in a picture, but not in one slice of a volume, where it is open above and below', () => {
    const ring = Uint8Array.from([1, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect([...fillHoles(ring, [3, 3, 1])]).toEqual(new Array(9).fill(1));
    const volume = Uint8Array.from([...new Array(9).fill(0), ...ring, ...new Array(9).fill(0)]);
    expect([...fillHoles(volume, [3, 3, 3])]).toEqual([...volume]);
  });
});
