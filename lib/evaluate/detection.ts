/**
 * Was a tumour found, and how often where there is none? Lesions are the connected components of the reference (26
 * neighbours, in 2-D 8), candidates those of the prediction.
 *
 * A lesion is found where a candidate overlaps it with an intersection over union of at least 0.1, a candidate that
 * overlaps no lesion so far is a false positive. Overlap, threshold and false positives are those of PI-CAI's
 * picai_eval (Saha et al. 2024, doi:10.1016/S1470-2045(24)00220-1), for single masks instead of a scale of confidences.
 * There each candidate finds one lesion at most; here one that covers two finds both, so that two tumours grown
 * together are no miss. By case the two count alike. One voxel in common, which a candidate of any size can have by
 * chance, counts as `touched` and is told beside it.
 */
import { type Components, connectedComponents } from '../volume/components.ts';
import type { Vec3 } from '../volume/volume.ts';

/** Least intersection over union of a candidate and the lesion that it finds. */
export const leastOverlap = 0.1;

/** Lesions of one case, and what was made of them. */
export interface Detection {
  readonly lesions: number;
  /** Lesions that a candidate overlaps far enough. */
  readonly found: number;
  /** Lesions of which any voxel was predicted. */
  readonly touched: number;
  /** Candidates that overlap no lesion far enough. */
  readonly falsePositives: number;
}

/** Number of the component of each voxel, from 1; 0 outside. */
function componentNumbers({ runs, ofRun }: Components, length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let run = 0; run < runs.count; run++) numbers.fill(ofRun[run]! + 1, runs.start[run], runs.end[run]);
  return numbers;
}

/**
 * Compares the components of two masks; anything but 0 is foreground. Shape [x, y, z] with x fastest, z = 1 in 2-D. No
 * lesion and no candidate give zeros.
 */
export function detectLesions(prediction: ArrayLike<number>, reference: ArrayLike<number>, shape: Vec3): Detection {
  const [candidates, lesions] = [prediction, reference].map((mask) => connectedComponents(mask, shape, 26));
  const [candidateOf, lesionOf] = [candidates!, lesions!].map((each) => componentNumbers(each, reference.length));
  const common = new Map<string, number>();
  for (let i = 0; i < reference.length; i++) {
    if (candidateOf![i] === 0 || lesionOf![i] === 0) continue;
    const pair = `${candidateOf![i]},${lesionOf![i]}`;
    common.set(pair, (common.get(pair) ?? 0) + 1);
  }
  const [hits, found, touched] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (const [pair, shared] of common) {
    const [candidate, lesion] = pair.split(',').map(Number);
    const union = candidates!.voxels[candidate! - 1]! + lesions!.voxels[lesion! - 1]! - shared;
    touched.add(lesion!);
    if (shared / union < leastOverlap) continue;
    hits.add(candidate!);
    found.add(lesion!);
  }
  return {
    lesions: lesions!.voxels.length,
    found: found.size,
    touched: touched.size,
    falsePositives: candidates!.voxels.length - hits.size,
  };
}

/** Detection over many cases. A share of nothing is undefined. */
export interface DetectionSummary {
  /** Cases that have a lesion, those of them with one found, and with one touched. */
  readonly withLesion: number;
  readonly found: number;
  readonly touched: number;
  /** Cases found among those with a lesion. */
  readonly sensitivity?: number;
  /** Cases without a lesion, and those of them without a candidate. */
  readonly withoutLesion: number;
  readonly rightlyEmpty: number;
  readonly specificity?: number;
  /** Over all cases. */
  readonly falsePositives: number;
  readonly falsePositivesPerCase?: number;
}

/** Counts by case: a case is found where one of its lesions is. */
export function summariseDetections(cases: readonly Detection[]): DetectionSummary {
  const [ill, healthy] = [cases.filter(({ lesions }) => lesions > 0), cases.filter(({ lesions }) => lesions === 0)];
  const found = ill.filter((one) => one.found > 0).length;
  const rightlyEmpty = healthy.filter((one) => one.falsePositives === 0).length;
  const falsePositives = cases.reduce((sum, one) => sum + one.falsePositives, 0);
  return {
    withLesion: ill.length,
    found,
    touched: ill.filter((one) => one.touched > 0).length,
    ...(ill.length > 0 && { sensitivity: found / ill.length }),
    withoutLesion: healthy.length,
    rightlyEmpty,
    ...(healthy.length > 0 && { specificity: rightlyEmpty / healthy.length }),
    falsePositives,
    ...(cases.length > 0 && { falsePositivesPerCase: falsePositives / cases.length }),
  };
}
