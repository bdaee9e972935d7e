/** Which images of a folder belong together, and which of several series is meant. */
import { UserError } from '../errors.ts';
import { dot } from '../volume/vectors.ts';
import { imagesByPlace, normalOf } from './geometry.ts';
import type { DicomFile, DicomImage } from './images.ts';

/** Images of one series, orientation, size and pixel spacing: what can be one volume. */
export interface Series {
  readonly files: readonly DicomFile[];
  readonly images: readonly DicomImage[];
}

/** Directions (as cosines) and spacings that differ by less are equal: what writers round. */
const tolerance = 1e-3;

function isAlike(a: DicomImage, b: DicomImage): boolean {
  const near = (x: readonly number[], y: readonly number[]): boolean =>
    x.every((value, i) => Math.abs(value - y[i]!) <= tolerance * Math.max(1, Math.abs(value)));
  const { format: f, spacingMm } = a;
  return (
    f.rows === b.format.rows &&
    f.columns === b.format.columns &&
    near(a.rowDirection, b.rowDirection) &&
    near(a.columnDirection, b.columnDirection) &&
    spacingMm.every((mm, i) => Math.abs(mm - b.spacingMm[i]!) <= tolerance * mm)
  );
}

/** The series of files, in the order of their numbers and then of their ids: file names do not matter. */
export function groupSeries(files: readonly DicomFile[]): Series[] {
  const byKey = new Map<string, { files: DicomFile[]; images: DicomImage[] }[]>();
  for (const file of files) {
    const key = `${file.seriesUid} ${file.kin}`;
    const groups = byKey.get(key) ?? [];
    byKey.set(key, groups);
    for (const image of file.images) {
      let group = groups.find(({ images }) => isAlike(images[0]!, image));
      if (!group) groups.push((group = { files: [], images: [] }));
      if (group.files.at(-1) !== file) group.files.push(file);
      group.images.push(image);
    }
  }
  const rank = (series: Series): [number, string, number] => {
    const [{ seriesNumber = Infinity, seriesUid }] = series.files as [DicomFile];
    return [seriesNumber, seriesUid, -series.images.length];
  };
  return [...byKey.values()].flat().sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const differs = x.findIndex((value, i) => value !== y[i]);
    if (differs < 0) return 0;
    return x[differs]! < y[differs]! ? -1 : 1;
  });
}

const planes = ['sagittal', 'coronal', 'axial'] as const;

function planeName(image: DicomImage): string {
  const normal = normalOf(image).map(Math.abs);
  const largest = Math.max(...normal);
  return largest < 0.9 ? 'oblique' : planes[normal.indexOf(largest)]!;
}

const short = (mm: number): string => String(Number(mm.toFixed(3)));

/** One line on a series, without any text of its files. */
function describeSeries({ files, images }: Series): string {
  const [{ modality, seriesNumber }] = files as [DicomFile];
  const [image] = images as [DicomImage];
  const { rows, columns } = image.format;
  const slices = imagesByPlace(images);
  const [first, second] = [slices[0]![0]!, slices[1]?.[0]];
  const step = second && dot(second.position, normalOf(first)) - dot(first.position, normalOf(first));
  return [
    `${images.length} image${images.length > 1 ? 's' : ''} of ${columns}×${rows} pixels`,
    `${image.spacingMm.map(short).join('×')} mm each`,
    `${planeName(image)}${step === undefined ? '' : `, every ${short(step)} mm`}`,
    modality,
    ...(seriesNumber === undefined ? [] : [`series number ${seriesNumber}`]),
  ].join(', ');
}

/** So many series stand in a message. */
const mostListed = 12;

function listOf(series: readonly Series[]): string {
  const lines = series.slice(0, mostListed).map((one, i) => `${i + 1}: ${describeSeries(one)}`);
  return [...lines, ...(series.length > mostListed ? [`and ${series.length - mostListed} more`] : [])].join('; ');
}

function seriesLike(series: readonly Series[], wanted: string): readonly Series[] {
  if (wanted === 'largest') {
    const most = Math.max(...series.map(({ images }) => images.length));
    return series.filter(({ images }) => images.length === most);
  }
  if (/^[1-9]\d{0,3}$/.test(wanted)) return series.slice(Number(wanted) - 1, Number(wanted));
  return series.filter(({ files }) => files[0]!.seriesUid === wanted);
}

/**
 * The series that is wanted: by its number in the list that messages show, counted from 1, or by its Series Instance
 * UID, or as the `largest`, that of the most images. Without a wish there must be one alone. Throws a UserError that
 * lists all of them otherwise.
 */
export function chooseSeries(series: readonly Series[], wanted: string | undefined, folder: string): Series {
  if (wanted === undefined) {
    if (series.length === 1) return series[0]!;
    throw new UserError(
      `Expected one series, or --series with the number of one, found ${series.length} in ${folder}: ${listOf(series)}`,
    );
  }
  const found = seriesLike(series, wanted);
  if (found.length === 1) return found[0]!;
  const what = found.length > 1 ? `${found.length} of them` : 'none like it';
  throw new UserError(`Expected a series ${JSON.stringify(wanted)}, found ${what} in ${folder}: ${listOf(series)}`);
}
