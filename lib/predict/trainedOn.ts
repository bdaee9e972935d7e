/**
 * On what networks were trained, and what sets a scan apart from it: synthetic patients, other soft tissue, another
 * phase, another body, other pixels. What is odd is said, one phrase each. A scan that lies inside of every range is
 * not known to be of the kind: these are a few numbers.
 */
import { isSyntheticImage } from '../dataset/synthetic.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';
import { fullSlicesOf } from './fullSlices.ts';
import {
  contrastDoubt,
  type Extremes,
  extremesOf,
  inHu,
  inMm,
  inPercent,
  inTraining,
  type Judged,
  ofTheKind,
  unlike,
  unlikePhrases,
} from './ranges.ts';
import { type ScanNumbers, type ScanSlice, type SeenScans, scanNumbers } from './seenScans.ts';

/** What a network's own files say of its training; stands beside each mask. */
export interface TrainedOn {
  readonly dataset: string;
  /** Nobody was scanned: its images were made by a program. */
  readonly isSynthetic: boolean;
  readonly patients: number;
  /** The scans in numbers; absent of pictures, and of networks of earlier versions. */
  readonly scans?: SeenScans;
}

/** A scan beside the training: its numbers, and what sets it apart. */
export interface BesideTraining {
  /** With the distance of its slices; null where no slice shows soft tissue, or nothing is known to compare with. */
  readonly scan: (ScanNumbers & { readonly sliceMm: number }) | null;
  readonly warnings: readonly string[];
}

/** What networks saw together: the least and the most of all of them. */
function together(seen: readonly SeenScans[]): SeenScans {
  const join = (ranges: readonly Extremes[]): Extremes =>
    extremesOf(ranges.flatMap(({ least, middle, most }) => [least, middle, most]));
  const of = (read: (one: SeenScans) => Extremes): Extremes => join(seen.map(read));
  const sliceMm = seen.flatMap((one) => one.sliceMm ?? []);
  return {
    patients: Math.max(...seen.map(({ patients }) => patients)),
    slices: Math.max(...seen.map(({ slices }) => slices)),
    softHu: of((one) => one.softHu),
    brightShare: of((one) => one.brightShare),
    bodyMm: [of(({ bodyMm }) => bodyMm[0]), of(({ bodyMm }) => bodyMm[1])],
    organHu: of((one) => one.organHu),
    pixelMm: of((one) => one.pixelMm),
    ...(sliceMm.length > 0 && { sliceMm: join(sliceMm) }),
  };
}

/** Few patients do not show all that is usual: half their range is allowed on either side, and at least this. */
const room = { hu: 10, organHu: 15, share: 0.1, body: 0.2 };
const widened = ({ least, middle, most }: Extremes, atLeast: number): Extremes => {
  const more = Math.max(atLeast, (most - least) / 2);
  return { least: least - more, middle, most: most + more };
};
/** What is compared with which range, and the phrase for a value outside of it. */
function judgedOf(scan: NonNullable<BesideTraining['scan']>, seen: SeenScans): Judged[] {
  const { softHu, brightShare, bodyMm, organHu, pixelMm, sliceMm } = seen;
  const body = (axis: 0 | 1, word: string): Judged => ({
    value: scan.bodyMm[axis],
    range: widened(bodyMm[axis], room.body * bodyMm[axis].middle),
    tell: (v) =>
      `the body is ${inMm(v)} ${word}, ${inTraining(bodyMm[axis], inMm)}: another part of the body, or a child?`,
  });
  return [
    {
      value: scan.softHu,
      range: widened(softHu, room.hu),
      tell: (v) => `soft tissue has ${inHu(v)} in the middle, ${inTraining(softHu, inHu)}: ${contrastDoubt}`,
    },
    {
      value: scan.brightShare,
      range: widened(brightShare, room.share),
      tell: (v) =>
        `${inPercent(v)} of the soft tissue has 80 HU or more, ${inTraining(brightShare, inPercent)}: ${contrastDoubt}`,
    },
    body(0, 'from front to back'),
    body(1, 'wide'),
    {
      value: scan.organHu,
      range: widened(organHu, room.organHu),
      tell: (v) => `the mask has ${inHu(v)} on average, the organ ${inTraining(organHu, inHu)}`,
    },
    {
      value: scan.pixelMm,
      range: ofTheKind(pixelMm),
      tell: (v) => `pixels of ${inMm(v)}, ${inTraining(pixelMm, inMm)}`,
    },
    ...(sliceMm
      ? [
          {
            value: scan.sliceMm,
            range: ofTheKind(sliceMm),
            tell: (v: number) => `slices ${inMm(v)} apart, ${inTraining(sliceMm, inMm)}`,
          },
        ]
      : []),
  ];
}

/** Slices of a scan that are looked at. */
const mostSlices = 16;

/** The slices that hold the mask, all where it is empty, as the training's window shows them. */
function* shownSlices(
  image: Volume,
  mask: Volume<Uint8Array>,
  [black, white]: readonly [number, number],
): Generator<ScanSlice> {
  const [width, height] = image.shape;
  for (const z of fullSlicesOf(mask, mostSlices)) {
    const cut = new Float32Array(sliceZ(image, z));
    for (let i = 0; i < cut.length; i++) cut[i] = Math.min(white, Math.max(black, cut[i]!));
    yield { hu: cut, mask: sliceZ(mask, z), height, width, spacingMm: [image.spacingMm[1], image.spacingMm[0]] };
  }
}

/** That a mask of a real scan comes from networks that saw none; nothing where they did. */
export function syntheticWarning(trained: readonly TrainedOn[], description?: string): string[] {
  const synthetic = trained.filter(({ isSynthetic }) => isSynthetic);
  if (synthetic.length === 0 || isSyntheticImage(description)) return [];
  const names = [...new Set(synthetic.map(({ dataset }) => dataset))].join(', ');
  const who = synthetic.length < trained.length ? `${synthetic.length} of ${trained.length} networks were ` : '';
  return [`${who}trained on synthetic patients (${names}): no mask of a real scan can be relied on`];
}

/**
 * A canonical volume in HU, with the mask that was found in it, beside what the networks saw through their window;
 * `description` is that of its header.
 */
export function besideTraining(
  trained: readonly TrainedOn[],
  canonical: () => readonly [image: Volume, mask: Volume<Uint8Array>],
  windowHu: readonly [number, number],
  description?: string,
): BesideTraining {
  const told = syntheticWarning(trained, description);
  const seen = trained.flatMap(({ scans }) => scans ?? []);
  if (seen.length === 0) return { scan: null, warnings: told };
  const [image, mask] = canonical();
  const numbers = scanNumbers(shownSlices(image, mask, windowHu));
  if (!numbers) return { scan: null, warnings: [...told, unlike('hardly any soft tissue')] };
  const scan = { ...numbers, sliceMm: image.spacingMm[2] };
  return { scan, warnings: [...told, ...unlikePhrases(judgedOf(scan, together(seen)))] };
}
