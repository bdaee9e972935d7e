/** What one case says to a planner: its grid, its organ, and the CT numbers of the organ. */
import type { Case, CaseList } from '../dataset/caseList.ts';
import { foregroundBox } from '../preprocess/manifest.ts';
import { type PreparedCase, type PreparedSlice, prepareCase } from '../preprocess/prepareCase.ts';
import { connectedComponents } from '../volume/components.ts';
import { maskOfValue } from '../volume/values.ts';
import type { Vec3 } from '../volume/volume.ts';
import { bodySize } from './body.ts';
import { emptyHistogram, type Histogram, percentileOf, wholeRangeHu } from './histogram.ts';

/** Sides of a window of a slice, from the slice's centre: [top, left, bottom, right], mm or px. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** A case in numbers. Lengths are mm; of pictures, whose mm are unknown, they are pixels and volumes areas. */
export interface CaseFingerprint {
  readonly id: string;
  readonly patient: string;
  /** Voxels (x, y, z) in the canonical frame; a picture has one slice. */
  readonly shape: Vec3;
  /** (x, y, z); of pictures [1, 1, 1]. */
  readonly spacing: Vec3;
  readonly slicesWithForeground: number;
  /** Share of all voxels. */
  readonly foregroundShare: number;
  /** In ml, of pictures in pixels. */
  readonly size: number;
  /** The connected parts of the foreground (26 neighbours), the largest first, as `size`. */
  readonly parts: readonly number[];
  /** Where the foreground lies in all slices together; null without any. */
  readonly sides: Sides | null;
  /** Height and width of the body in the slice with most foreground; null of pictures and where all is air. */
  readonly body: readonly [number, number] | null;
  /** Of the foreground's CT numbers; null of pictures and without foreground. */
  readonly medianHu: number | null;
  /** Each class in ml (pixels), in the order of the list's classes; one value where it has none. */
  readonly classSizes: readonly number[];
}

/** A case in numbers, and what is pooled over cases. */
export interface MeasuredCase {
  readonly fingerprint: CaseFingerprint;
  /** CT numbers of the foreground, or grey values 0 to 255 of pictures. */
  readonly organ: Histogram;
  readonly warnings: readonly string[];
}

/** Sides that hold both. */
export const unionOf = (a: Sides, b: Sides): Sides => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

/** What is gathered while the slices of a case go by. */
class CaseTally {
  readonly organ = emptyHistogram();
  readonly mask: Uint8Array;
  sides: Sides | null = null;
  slicesWithForeground = 0;
  fullest?: { readonly foreground: number; readonly hu: Float32Array };
  readonly #prepared: PreparedCase;
  readonly #scale: readonly [number, number];

  /** `scale`: lowest value and range of what the slices show as 0 to 1. */
  constructor(prepared: PreparedCase, depth: number, scale: readonly [number, number]) {
    this.#prepared = prepared;
    this.#scale = scale;
    this.mask = new Uint8Array(prepared.width * prepared.height * depth);
  }

  /** Adds slice number `index` of the case. */
  add({ planes: [, shown], label }: PreparedSlice, index: number): void {
    const { height, width, spacingMm } = this.#prepared;
    const { box, foreground } = foregroundBox(label, width);
    if (!box) return;
    this.mask.set(label, index * label.length);
    this.slicesWithForeground++;
    const [low, range] = this.#scale;
    for (let p = 0; p < label.length; p++)
      if (label[p] !== 0) this.organ[Math.round(shown[p]! * range + low) - wholeRangeHu[0]]!++;
    const sides = box.map((pixel, i) => (pixel - (i % 2 ? width : height) / 2) * spacingMm[i % 2]!) as unknown as Sides;
    this.sides = this.sides ? unionOf(this.sides, sides) : sides;
    if (foreground > (this.fullest?.foreground ?? 0))
      this.fullest = { foreground, hu: shown.map((value) => value * range + low) };
  }
}

/**
 * Reads a case as preprocessing does, refusing what that refuses, and measures it. Throws a UserError that names the
 * file.
 */
export async function measureCase(list: CaseList, one: Case): Promise<MeasuredCase> {
  const isPicture = list.kind === '2d';
  const prepared = await prepareCase(list, one, wholeRangeHu, false);
  const { height, width, spacingMm, sliceMm = 1, voxelMl: unit = 1 } = prepared;
  const shape = prepared.shape ?? ([width, height, 1] as const);
  const spacing: Vec3 = [spacingMm[1], spacingMm[0], sliceMm];
  const tally = new CaseTally(prepared, shape[2], isPicture ? [0, 255] : [wholeRangeHu[0], 4095]);
  let index = 0;
  for (const slice of prepared.slices) {
    tally.add(slice, index++);
    prepared.release?.(slice);
  }
  const { mask, organ, sides, slicesWithForeground, fullest } = tally;
  const parts = connectedComponents(mask, shape).voxels.sort((a, b) => b - a);
  const voxels = parts.reduce((sum, part) => sum + part, 0);
  const body = fullest && !isPicture ? bodySize(fullest.hu, height, width) : undefined;
  const classCount = list.classes?.length ?? 1;
  const countOf = (c: number): number => maskOfValue(mask, c + 1).reduce((sum, one) => sum + one, 0);
  return {
    organ,
    warnings: prepared.warnings,
    fingerprint: {
      id: one.id,
      patient: one.patient,
      shape,
      spacing,
      slicesWithForeground,
      foregroundShare: voxels / mask.length,
      size: voxels * unit,
      parts: parts.map((part) => part * unit),
      sides,
      body: body ? [body[0] * spacing[1], body[1] * spacing[0]] : null,
      medianHu: isPicture || voxels === 0 ? null : percentileOf(organ, 0.5),
      classSizes: Array.from({ length: classCount }, (_, c) => countOf(c) * unit),
    },
  };
}
