import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { assd, directedMean } from '../../lib/evaluate/assd.ts';
import { hausdorffDistance, hd95ByArea, hd95Directed, hd95Pooled } from '../../lib/evaluate/hausdorff.ts';
import { type MaskPair, maskPair, pairCounts } from '../../lib/evaluate/maskPair.ts';
import { surfaceDice } from '../../lib/evaluate/nsd.ts';
import { dice, jaccard, precision, recall, specificity } from '../../lib/evaluate/overlap.ts';
import { surfaceElementDistances, surfaceVoxelDistances } from '../../lib/evaluate/surfaceDistances.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { settings } from '../../lib/settings.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

/** Values of other programs over real masks; made by peers.py. */
interface PeerPair {
  case: string;
  network: string;
  z?: number;
  surface_distance: { hd: number; hd95: number; asd_pred_to_ref: number; asd_ref_to_pred: number; nsd: number[] };
  monai: { hd: number; hd95: number; assd: number; asd_pred_to_ref: number; nsd: number[]; nsd_subvoxel: number };
  medpy: {
    dc: number;
    jc: number;
    precision: number;
    recall: number;
    specificity: number;
    ravd: number;
    hd: number;
    hd95: number;
    assd: number;
  };
}
const peers = JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8')) as {
  pairs: PeerPair[];
  slices: PeerPair[];
};

const shared = settings.sharedFolder;
const folder = shared && path.join(shared, 'data/segloss-odyssey-pancreas');
const spacings = folder
  ? (JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Record<string, { spacing: Vec3 }>)
  : {};

/** The largest difference over all pairs, relative to values above 1. */
class Worst {
  readonly found: Record<string, number> = {};
  add(name: string, ours: number, theirs: number): void {
    const difference = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
    this.found[name] = Math.max(this.found[name] ?? 0, difference);
  }
}

function compare(worst: Worst, pair: MaskPair, peer: PeerPair): void {
  const counts = pairCounts(pair);
  const { medpy, monai, surface_distance: elementPeer } = peer;
  worst.add('medpy', dice(counts), medpy.dc);
  worst.add('medpy', jaccard(counts), medpy.jc);
  worst.add('medpy', precision(counts), medpy.precision);
  worst.add('medpy', recall(counts), medpy.recall);
  worst.add('medpy', specificity(counts), medpy.specificity);
  worst.add('medpy', (counts.fp - counts.fn) / (counts.tp + counts.fn), medpy.ravd);
  const voxels = surfaceVoxelDistances(pair);
  worst.add('medpy', hausdorffDistance(voxels), medpy.hd);
  worst.add('medpy', hd95Pooled(voxels), medpy.hd95);
  worst.add('medpy', assd(voxels), medpy.assd);
  worst.add('monai', hausdorffDistance(voxels), monai.hd);
  worst.add('monai', hd95Directed(voxels), monai.hd95);
  worst.add('monai', assd(voxels), monai.assd);
  worst.add('monai', directedMean(voxels, 'toReference'), monai.asd_pred_to_ref);
  const elements = surfaceElementDistances(pair);
  worst.add('surface-distance', hausdorffDistance(elements), elementPeer.hd);
  worst.add('surface-distance', hd95ByArea(elements), elementPeer.hd95);
  worst.add('surface-distance', directedMean(elements, 'toReference'), elementPeer.asd_pred_to_ref);
  worst.add('surface-distance', directedMean(elements, 'toPrediction'), elementPeer.asd_ref_to_pred);
  [1, 2, 3].forEach((tolerance, i) => {
    worst.add('monai NSD', surfaceDice(voxels, tolerance), monai.nsd[i]);
    worst.add('surface-distance', surfaceDice(elements, tolerance), elementPeer.nsd[i]);
  });
  worst.add('monai with use_subvoxels', surfaceDice(elements, 2), monai.nsd_subvoxel);
}

async function mask(id: string, author: string): Promise<{ data: Uint8Array; shape: Vec3 }> {
  const { data, shape } = await readNifti(path.join(folder!, 'masks', `${id}_${author}.nii.gz`));
  return { data: data as Uint8Array, shape };
}

/**
 * Double precision throughout, but for MONAI, which works in single precision, also where it interpolates percentiles.
 */
const tolerances = {
  medpy: 1e-8,
  'surface-distance': 1e-8,
  monai: 5e-6,
  'monai NSD': 5e-7,
  'monai with use_subvoxels': 5e-7,
};

function expectClose({ found }: Worst): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(tolerances).sort());
  for (const [tool, tolerance] of Object.entries(tolerances)) expect(found[tool], tool).toBeLessThan(tolerance);
}

describe.skipIf(!folder)('metrics of real masks (needs the extra test data in ../shared)', () => {
  // Every pair was compared when peers.json was made; AXUNET_TEST_ALL=1 compares them all again, else each
  // case has its turn with one network.
  const pairs = peers.pairs.filter((_, i) => Boolean(process.env.AXUNET_TEST_ALL) || Math.floor(i / 8) % 8 === i % 8);

  it(`equal MedPy, MONAI and surface-distance over ${pairs.length} pairs of 24 cases and 8 networks`, async () => {
    expect([
      peers.pairs.length,
      new Set(pairs.map((pair) => pair.case)).size,
      new Set(pairs.map((pair) => pair.network)).size,
    ]).toEqual([192, 24, 8]);
    const worst = new Worst();
    for (const peer of pairs) {
      const [prediction, reference] = [await mask(peer.case, peer.network), await mask(peer.case, 'gt')];
      const { spacing } = spacings[peer.case];
      compare(worst, maskPair(prediction.data, reference.data, reference.shape, spacing), peer);
    }
    expectClose(worst);
  }, 600_000);

  it('equal them on single slices in 2-D too', async () => {
    const worst = new Worst();
    expect(peers.slices).toHaveLength(24);
    for (const peer of peers.slices) {
      const [prediction, reference] = [await mask(peer.case, peer.network), await mask(peer.case, 'gt')];
      const [x, y] = reference.shape;
      const slice = (data: Uint8Array): Uint8Array => data.subarray(peer.z! * x * y, (peer.z! + 1) * x * y);
      const { spacing } = spacings[peer.case];
      compare(worst, maskPair(slice(prediction.data), slice(reference.data), [x, y, 1], spacing), peer);
    }
    expectClose(worst);
  });
});
