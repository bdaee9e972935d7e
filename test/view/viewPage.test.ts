import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { sceneOf } from '../../lib/view/scene.ts';
import { viewPage } from '../../lib/view/viewPage.ts';
import { toGeometryOf } from '../../lib/volume/orientation.ts';
import { type Vec3, type Volume, voxelToMm } from '../../lib/volume/volume.ts';
import { isBody, label, prediction, scan, scanHu, scanShape } from './makeScan.ts';
import { unpackPage } from './unpack.ts';

const axes = [0, 1, 2] as const;
const vec3 = (value: (axis: 0 | 1 | 2) => number): Vec3 => [value(0), value(1), value(2)];

/** An affine whose axis i runs along patient axis order[i] (R, A, S), backwards where flipped. */
function orientedAffine(order: readonly number[], flips: readonly boolean[], size: readonly number[]): number[] {
  const affine = [...Array.from({ length: 12 }, () => 0), 0, 0, 0, 1];
  order.forEach((row, i) => {
    affine[4 * row + i] = (flips[i] ? -1 : 1) * size[i]!;
    affine[4 * row + 3] = 13 * (row + 1);
  });
  return affine;
}

/** The scan as stored in that orientation: same voxels in the patient's frame, up to where the origin lies. */
function storedAs(order: readonly number[], flips: readonly boolean[]): Volume<Int16Array> {
  const shape = vec3((axis) => scanShape[order[axis] as 0 | 1 | 2]);
  const spacingMm = vec3((axis) => [2, 2, 5][order[axis]!]!);
  const affine = orientedAffine(order, flips, spacingMm);
  return toGeometryOf(scan, { data: scan.data, shape, spacingMm, affine });
}

describe('a page', () => {
  const page = viewPage(sceneOf(scan, { mask: label, prediction, name: 'case 7' }));
  const { content, hu, masks } = unpackPage(page);
  const at = (x: number, y: number, z: number): number => {
    const [px, py, pz] = [x, y, z].map((n, axis) => n - content.start[axis]!) as [number, number, number];
    return px + content.shape[0] * (py + content.shape[1] * pz);
  };

  it('has the HU and the masks of every voxel of the body', () => {
    expect(content.levels).toMatchObject({ step: 1, rounding: 0, clipped: false });
    for (let z = 0; z < 10; z++)
      for (let y = 7; y < 13; y++)
        for (let x = 8; x < 16; x++) {
          expect(isBody(x, y)).toBe(true);
          expect(hu[at(x, y, z)]).toBe(scanHu(x, y, z));
          const i = x + 24 * (y + 20 * z);
          expect([masks[0]![at(x, y, z)], masks[1]![at(x, y, z)]]).toEqual([label.data[i], prediction.data[i]]);
        }
    expect(masks[0]!.reduce((sum, v) => sum + v, 0)).toBe(9); // 2 × 3 in slice 5, 1 × 3 in slice 4
  });

  it('begins at the middle of the mask', () => {
    expect(content.at.map((n, axis) => n + content.start[axis]!)).toEqual([10, 9, 5]);
  });

  it('says what it shows, and that it is no medical device', () => {
    expect(page).toContain('<title>case 7</title>');
    expect(page).toContain('24 × 20 × 10 voxels of 2 × 2 × 5 mm, cut to the body: 14 × 12 × 10.');
    expect(page).toContain('is on the left of the picture (radiological convention)');
    expect(page).toContain('Not a medical device.');
    expect(page).not.toMatch(/steps of|Too large/);
  });

  it('shows the same voxel at a place in the patient whatever the axis order of the file', () => {
    const order = fc.constantFrom([0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]);
    const voxel = fc.tuple(fc.nat(7), fc.nat(5), fc.nat(9)).map(([x, y, z]): Vec3 => [x + 8, y + 7, z]);
    fc.assert(
      fc.property(order, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), voxel, (axisOrder, flips, [x, y, z]) => {
        const stored = storedAs(axisOrder, flips);
        const wanted = scanHu(x, y, z);
        const index = stored.data.indexOf(wanted); // every voxel of the body has an HU of its own
        const [width, height] = stored.shape;
        const mm = voxelToMm(stored.affine, [
          index % width,
          Math.floor(index / width) % height,
          Math.floor(index / width / height),
        ]);
        const { content: turned, hu: found } = unpackPage(viewPage(sceneOf(stored)));
        const shown = found.indexOf(wanted);
        const [w, h] = turned.shape;
        const place: Vec3 = [shown % w, Math.floor(shown / w) % h, Math.floor(shown / w / h)];
        const there = voxelToMm(turned.affine, place);
        for (const axis of axes) expect(there[axis]).toBeCloseTo(mm[axis], 9);
        // and, counted in the whole volume, it is the voxel of the canonical frame
        expect(vec3((axis) => place[axis] + turned.start[axis]!)).toEqual([x, y, z]);
      }),
      { numRuns: 60 },
    );
  });

  it('is for nobody but its own script, and asks for nothing', () => {
    expect(page).toMatch(/content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]{44}'"/);
    const frame = page.replace(/<script type="text\/plain"[^]*?<\/script>/g, '');
    expect(frame).not.toMatch(/https?:|<link|@import|url\(|\ssrc=|fetch\(|XMLHttpRequest|\son\w+="/);
    expect([...frame.matchAll(/<script/g)]).toHaveLength(2);
  });

  it('takes names and warnings for texts', () => {
    const evil = `</script><script>alert('1')</script>"&`;
    const classes = [{ name: evil, values: [1] }];
    const html = viewPage(sceneOf(scan, { name: evil, warnings: [evil], mask: label, classes }));
    expect(html).not.toContain('<script>alert');
    expect(unpackPage(html).content.masks[0]!.classes[0]!.name).toBe(`${evil}, label`);
  });
});

describe('a scan that is too large', () => {
  // 192 × 192 × 60 voxels of any of 200 HU: 2.2 million of nearly a byte each.
  const shape = [192, 192, 60] as const;
  const random = Random.stream(1, 'viewer');
  const data = Int16Array.from({ length: 192 * 192 * 60 }, () => random.integer(200) - 60);
  const large: Volume = {
    data,
    shape,
    spacingMm: [1, 1, 3],
    affine: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1],
  };

  it.each([5e6, 2e6, 5e5])('becomes a page of at most %i bytes, which says how', (most) => {
    const page = viewPage(sceneOf(large), { mostBytes: most });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(most);
    expect(Buffer.byteLength(page)).toBeGreaterThan(most / 10);
    const { content } = unpackPage(page);
    expect(/Too large for one page/.test(page)).toBe(content.factor.some((n) => n > 1));
    expect(/HU are in steps of 2/.test(page)).toBe(content.levels.step === 2);
  });

  it('offers only windows that its levels hold', () => {
    const presets = (most: number): string[] => {
      const bone = { ...large, data: data.map((v, i) => (i % 50 === 0 ? 900 : v)) };
      return unpackPage(viewPage(sceneOf(bone), { mostBytes: most })).content.presets.map(({ name }) => name);
    };
    expect(presets(2e7)).toEqual(['soft tissue', 'pancreas, narrow', 'bone', 'lung']);
    expect(presets(3e6)).toEqual(['soft tissue', 'pancreas, narrow']);
  });
});
