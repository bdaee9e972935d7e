import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { alignLabel, describeFlip, judgeLabelFlip } from '../../lib/dataset/labelFlip.ts';
import { makePhantomPatient } from '../../lib/dataset/phantom.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { settings } from '../../lib/settings.ts';
import { toCanonical, toGeometryOf } from '../../lib/volume/orientation.ts';
import type { Affine, Volume } from '../../lib/volume/volume.ts';
import { lps, rowsReversed, torso } from './fixtures.ts';

const shared = settings.sharedFolder;
const map = { 1: 1, 2: 1 };
/** The affine of the same grid stored with y towards anterior: rows reversed on disk lie where they were. */
const lasOf = (affine: Affine, ny: number): Affine =>
  affine.map((v, i) => {
    if (i % 4 === 1) return -v;
    return i % 4 === 3 && i < 12 ? v + affine[i - 2]! * (ny - 1) : v;
  });

/** Much quicker than toEqual on typed arrays. */
const sameVoxels = (a: Volume, b: Volume): boolean => Buffer.from(a.data.buffer).equals(Buffer.from(b.data.buffer));

describe('labels mirrored in y', () => {
  it('are told from right ones on a torso, with the evidence', () => {
    const { image, label } = torso();
    const right = judgeLabelFlip(image, label, map);
    expect(right).toMatchObject({
      verdict: 'as-affine',
      affinesAgree: true,
      imageUpsideDown: false,
      asAffine: { softTissue: 1, anterior: 1 },
    });
    expect(judgeLabelFlip(image, rowsReversed(label), map).verdict).toBe('mirrored-y');
    expect(describeFlip(right)).toMatch(
      /^the label lies as its affine says: as its affine says 100 % in soft tissue and 100 % in front/,
    );
  });

  it('are turned on the image grid, and right ones are left alone', () => {
    const { image, label } = torso({ tumour: true });
    expect(sameVoxels(alignLabel(image, label, map).label, label)).toBe(true);
    expect(sameVoxels(alignLabel(image, rowsReversed(label), map).label, label)).toBe(true);
  });

  it('follow an affine that says so: rows stored the other way are no mirroring', () => {
    const { image, label } = torso();
    const stored = { ...rowsReversed(label), affine: lasOf(label.affine, label.shape[1]) };
    const { label: aligned, decision } = alignLabel(image, stored, map);
    expect(decision).toMatchObject({ verdict: 'as-affine', affinesAgree: true });
    expect(sameVoxels(aligned, label)).toBe(true);
  });

  it('are recognised when the affine claims the opposite of what the rows show', () => {
    const { image, label } = torso();
    const mislabelled = { ...label, affine: lasOf(label.affine, label.shape[1]) };
    const { label: aligned, decision } = alignLabel(image, mislabelled, map);
    expect(decision.verdict).toBe('mirrored-y');
    expect(sameVoxels(aligned, label)).toBe(true);
  });

  it('are placed by anatomy when the origin of the label is lost', () => {
    const { image, label } = torso();
    const lost = { ...label, affine: lps([0, 0, 0]) };
    const { label: aligned, decision } = alignLabel(image, lost, map);
    expect([sameVoxels(aligned, label), aligned.affine, decision.affinesAgree]).toEqual([true, image.affine, false]);
    expect(sameVoxels(alignLabel(image, rowsReversed(lost), map).label, label)).toBe(true);
  });

  it('stay where the affines put them when the anatomy does not decide, and are refused when these disagree', () => {
    const { image, label } = torso();
    const empty = { ...label, data: new Uint8Array(label.data.length) };
    expect(alignLabel(image, empty, map).decision.verdict).toBe('undecided');
    expect(() => alignLabel(image, { ...empty, affine: lps([0, 0, 0]) }, map)).toThrow(
      /on one grid, found 40×32×6.*origin \(30, 20, -10\).*origin \(0, 0, 0\)/,
    );
    const uniform = { ...image, data: new Int16Array(image.data.length).fill(40) };
    expect(judgeLabelFlip(uniform, label, map)).toMatchObject({ verdict: 'undecided' });
  });

  it('are refused for another shape or spacing', () => {
    const { image, label } = torso();
    const cut: Volume = { ...label, shape: [40, 32, 5], data: label.data.slice(0, 40 * 32 * 5) };
    expect(() => alignLabel(image, cut, map)).toThrow(/one shape, found 40×32×6.*40×32×5/);
    expect(() => alignLabel(image, { ...label, spacingMm: [2, 2, 3] }, map)).toThrow('of one spacing');
  });

  it('are not seen where image and label are upside down together; that the image contradicts its affine is', () => {
    const { image, label } = torso();
    expect(judgeLabelFlip(rowsReversed(image), rowsReversed(label), map)).toMatchObject({
      verdict: 'as-affine',
      imageUpsideDown: true,
    });
  });

  it('are found on phantoms of any orientation, and never seen in right ones', () => {
    for (const index of [1, 3]) {
      const { image, label } = makePhantomPatient(index, { seed: 1, size: [64, 64, 16] });
      const flipped = toGeometryOf(rowsReversed(toCanonical(label)), label);
      expect(judgeLabelFlip(image, label, map).verdict, `phantom ${index}`).toBe('as-affine');
      expect(sameVoxels(alignLabel(image, flipped, map).label, label), `phantom ${index}`).toBe(true);
    }
  });

  it.skipIf(!shared)('are found on a real CT (needs the folder of extra test data)', async () => {
    const place = path.join(shared!, 'data', 'totalsegmentator');
    const image = await readNifti(path.join(place, 'example_ct_sm.nii.gz'));
    for (const name of ['example_seg', 'example_seg_fast']) {
      const label = await readNifti(path.join(place, `${name}.nii.gz`));
      // Shares of the pancreas (label 7) within -100..200 HU, as numpy counts them.
      const { verdict, asAffine, mirrored } = judgeLabelFlip(image, label, { 7: 1 });
      expect(verdict).toBe('as-affine');
      expect(asAffine.softTissue).toBeCloseTo(name === 'example_seg' ? 0.9984 : 1, 4);
      expect(mirrored.softTissue).toBeCloseTo(name === 'example_seg' ? 0.8012 : 0.7792, 4);
      expect(sameVoxels(alignLabel(image, rowsReversed(label), { 7: 1 }).label, label)).toBe(true);
    }
  });
});
