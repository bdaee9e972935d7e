import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { assd, directedMean, masd } from '../../lib/evaluate/assd.ts';
import { boundaryIou } from '../../lib/evaluate/boundaryIou.ts';
import { hausdorffDistance, hd95ByArea, hd95Directed, hd95Pooled } from '../../lib/evaluate/hausdorff.ts';
import { maskPair, pairCounts } from '../../lib/evaluate/maskPair.ts';
import { surfaceDice } from '../../lib/evaluate/nsd.ts';
import { overlapScores } from '../../lib/evaluate/overlap.ts';
import { surfaceElementDistances, surfaceVoxelDistances } from '../../lib/evaluate/surfaceDistances.ts';
import { settings } from '../../lib/settings.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

interface Sphere {
  r: number;
  c: number[];
  im_spacing?: number[];
}
interface SphereCase {
  pred: Sphere;
  gt: Sphere;
  spacing: number[] | null;
  image_shape: number[];
  nvox_pred: number;
  nvox_gt: number;
  peers: Record<'medpy' | 'monai' | 'deepmind' | 'metrics_reloaded', Record<string, number>>;
}

/** The file counts its axes i, j, k from the slowest in memory; here x is the fastest, so k is x. */
const turned = (values: readonly number[]): Vec3 => [values[2], values[1], values[0]];

function sphere({ r, c, im_spacing = [1, 1, 1] }: Sphere, [width, height, depth]: Vec3): Uint8Array {
  const mask = new Uint8Array(width * height * depth);
  const [spacing, centre] = [turned(im_spacing), turned(c)];
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const squared = [x, y, z].reduce((sum, index, axis) => sum + (index * spacing[axis] - centre[axis]) ** 2, 0);
        mask[i] = squared <= r * r ? 1 : 0;
      }
    }
  }
  return mask;
}

const file = settings.sharedFolder && path.join(settings.sharedFolder, 'data/reference/metrics_spheres.json');
const cases = file ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: SphereCase[] }).cases : [];

describe.skipIf(!file)('metrics of spheres (needs the extra test data in ../shared)', () => {
  it.each(cases.map((c, i) => [i, c] as const))(
    'equal each tool in its own column, case %i',
    (_, { pred, gt, spacing, image_shape, peers, ...counted }) => {
      const shape = turned(image_shape);
      const pair = maskPair(sphere(pred, shape), sphere(gt, shape), shape, turned(spacing ?? [1, 1, 1]));
      const counts = pairCounts(pair);
      expect([counts.tp + counts.fp, counts.tp + counts.fn]).toEqual([counted.nvox_pred, counted.nvox_gt]);
      const [voxels, elements, overlap] = [
        surfaceVoxelDistances(pair),
        surfaceElementDistances(pair),
        overlapScores(counts),
      ];
      const directed = [directedMean(voxels, 'toReference'), directedMean(voxels, 'toPrediction')];
      const ours = {
        medpy: {
          dc: overlap.dice,
          jc: overlap.jaccard,
          precision: overlap.precision,
          recall: overlap.recall,
          specificity: overlap.specificity,
          ravd: (counts.fp - counts.fn) / (counts.tp + counts.fn),
          hd: hausdorffDistance(voxels),
          hd95: hd95Pooled(voxels),
          assd: assd(voxels),
          asd_pred_to_gt: directed[0],
          asd_gt_to_pred: directed[1],
        },
        monai: {
          dice: overlap.dice,
          iou: overlap.jaccard,
          hd: hausdorffDistance(voxels),
          hd95: hd95Directed(voxels),
          assd: assd(voxels),
          asd_pred_to_gt: directed[0],
          nsd_1mm: surfaceDice(voxels, 1),
          nsd_2mm: surfaceDice(voxels, 2),
        },
        deepmind: {
          dice: overlap.dice,
          hd100: hausdorffDistance(elements),
          hd95: hd95ByArea(elements),
          avg_pred_to_gt: directedMean(elements, 'toReference'),
          avg_gt_to_pred: directedMean(elements, 'toPrediction'),
          nsd_1mm: surfaceDice(elements, 1),
          nsd_2mm: surfaceDice(elements, 2),
        },
        metrics_reloaded: {
          dsc: overlap.dice,
          intersection_over_union: overlap.jaccard,
          sensitivity: overlap.recall,
          positive_predictive_value: overlap.precision,
          measured_hausdorff_distance: hausdorffDistance(voxels),
          measured_hausdorff_distance_perc: hd95Directed(voxels),
          measured_average_distance: assd(voxels),
          measured_masd: masd(voxels),
          boundary_iou: boundaryIou(pair),
        },
      };
      for (const [tool, values] of Object.entries(ours)) {
        for (const [name, value] of Object.entries(values)) {
          // Single precision in MONAI and in one column of MetricsReloaded.
          expect(value, `${tool} ${name}`).toBeCloseTo(peers[tool as keyof typeof peers][name], 5);
        }
      }
    },
  );
});
