/** The segments of a SEG and the regions of an RTSTRUCT, alike: numbered, named, one or all of them wanted. */
import { cleanText, expected } from '../errors.ts';
import type { Volume } from '../volume/volume.ts';

export interface Segment {
  /** From 1; the value of its voxels where all segments are read. */
  readonly number: number;
  /** As the file names it, without what does not belong into a line. */
  readonly label: string;
  /** What its code means, where the label says nothing. */
  readonly meaning?: string;
}

/** Names as programs give them by themselves, such as `Segment_1`. */
const nothing =
  /^(foreground|label|mask|organ|roi|region|segment|segmentation|target|object|structure|unnamed|[\W\d_])*$/i;

/** Whether a name leaves open what it stands for. */
export const saysNothing = (name: string): boolean => nothing.test(name);

/** Which voxels are wanted of a file with segments. */
export interface SegmentChoice {
  /** Number or label of the one segment that becomes 1; by default each keeps its number. */
  readonly segment?: string;
  /** The image on whose voxels the mask is wanted; by default a SEG keeps the grid that it has. */
  readonly on?: ImageGrid;
}

/** The voxels of an image, whatever is in them. */
export type ImageGrid = Pick<Volume, 'shape' | 'spacingMm' | 'affine'>;

/** A mask of a DICOM file, and what its numbers stand for. */
export interface SegmentedVolume extends Volume<Uint8Array | Uint16Array> {
  readonly header: {
    readonly format: 'DICOM-SEG' | 'DICOM RTSTRUCT';
    readonly datatype: 'uint8' | 'uint16';
    readonly nonFinite: 0;
  };
  readonly segments: readonly Segment[];
  readonly warnings: readonly string[];
}

/** So many segments stand in a message. */
const mostListed = 12;

/** `1 pancreas, 2 tumour`. */
export function listSegments(segments: readonly Segment[]): string {
  const names = segments.slice(0, mostListed).map(({ number, label }) => `${number} ${label}`.trim());
  return [...names, ...(segments.length > mostListed ? [`and ${segments.length - mostListed} more`] : [])].join(', ');
}

/** A label as it may stand in a line. */
export const segmentLabel = (text: string | undefined): string => cleanText(text ?? '').slice(0, 64);

/**
 * The wanted segments: all, or the one with this number or label. Throws a UserError where there is not one such, or
 * two have one number.
 */
export function chooseSegments(
  segments: readonly Segment[],
  wanted: string | undefined,
  file: string,
): readonly Segment[] {
  if (segments.length === 0) throw expected('at least one segment', 'none', file);
  const numbers = new Set<number>();
  for (const { number } of segments) {
    if (numbers.has(number)) throw expected('segments with numbers of their own', `the number ${number} twice`, file);
    numbers.add(number);
  }
  if (wanted === undefined) return segments;
  const byNumber = segments.filter(({ number }) => String(number) === wanted);
  const byLabel = segments.filter(({ label }) => label.toLowerCase() === wanted.toLowerCase());
  const found = byNumber.length > 0 ? byNumber : byLabel;
  if (found.length === 1) return found;
  const what = found.length > 1 ? `${found.length} of that name among` : 'only';
  throw expected(`a segment ${JSON.stringify(wanted)}`, `${what} ${listSegments(segments)}`, file);
}

/** The values that segments get in a mask: 1 for one that was chosen, else their numbers. */
export class SegmentPainter {
  readonly data: Uint8Array | Uint16Array;
  readonly #choice: SegmentChoice;
  readonly #segments: readonly Segment[];
  readonly #overlaps = new Map<string, number>();

  constructor(voxels: number, segments: readonly Segment[], choice: SegmentChoice) {
    const largest = choice.segment === undefined ? Math.max(...segments.map(({ number }) => number)) : 1;
    this.data = largest > 255 ? new Uint16Array(voxels) : new Uint8Array(voxels);
    this.#choice = choice;
    this.#segments = segments;
  }

  /** The value of a segment; undefined where it is not wanted. */
  valueOf(number: number): number | undefined {
    if (!this.#segments.some((segment) => segment.number === number)) return undefined;
    return this.#choice.segment === undefined ? number : 1;
  }

  paint(at: number, value: number): void {
    const before = this.data[at]!;
    if (before !== 0 && before !== value) {
      const pair = `${Math.min(before, value)} ${Math.max(before, value)}`;
      this.#overlaps.set(pair, (this.#overlaps.get(pair) ?? 0) + 1);
    }
    this.data[at] = value;
  }

  /** Throws a UserError where a voxel belongs to two segments: a mask has one value for each. */
  assertApart(file: string): void {
    const [first] = this.#overlaps;
    if (!first) return;
    const [[a, b], count] = [first[0].split(' ').map(Number), first[1]];
    const pair = listSegments(this.#segments.filter(({ number }) => number === a || number === b));
    const all = listSegments(this.#segments);
    throw expected(
      'segments that do not overlap, or one chosen of them (axunet convert --segment)',
      `${count} voxels in two (${pair}), of the segments ${all},`,
      file,
    );
  }
}
