/** A scan or picture of the disk in memory to its mask, its table and the viewer's page, by the library's own parts. */
import type { LabelClass } from 'axunet/dataset/caseList';
import { expected, UserError } from 'axunet/errors';
import { readBytes } from 'axunet/io/files';
import { maskOf, readGreyImage } from 'axunet/io/image';
import { predictFiles } from 'axunet/predict/files';
import { findVolumes, type VolumeInput } from 'axunet/predict/inputs';
import { measureMask } from 'axunet/report/measure';
import { measureRows } from 'axunet/report/page';
import { openImage, openMask } from 'axunet/scan/openVolume';
import { quantileOf } from 'axunet/statistics/summary';
import type { TrainedRun } from 'axunet/train/loadRun';
import { sceneOf } from 'axunet/view/scene';
import { viewPage } from 'axunet/view/viewPage';
import { toCanonical } from 'axunet/volume/orientation';
import { maskOfValue } from 'axunet/volume/values';
import type { Volume } from 'axunet/volume/volume';
import type { Result } from './messages.ts';

/** Where masks are written. */
const out = '/masks';
/** A page of the viewer stays in memory: its voxels need not be few. */
const mostBytes = 2 ** 29;

/** How masks are made, and who hears of it. */
export interface SegmentRequest {
  readonly networks: readonly TrainedRun[];
  readonly threshold: number;
  readonly series?: string;
  readonly onProgress: (share: number, note: string) => void;
}

/** The one volume or picture of a place. Throws a UserError for none, and for several. */
export async function oneInput(place: string, series?: string): Promise<VolumeInput> {
  const [input, ...others] = await findVolumes([place], { ...(series !== undefined && { series }) });
  if (others.length === 0) return input!;
  throw expected('one scan or picture at a time', `${others.length + 1}`, place);
}

/** Stored values as the numbers 1, 2, … of the classes. */
function classNumbers(mask: Volume, classes: readonly LabelClass[]): Volume<Uint8Array> {
  const data = new Uint8Array(mask.data.length);
  for (const [c, { values }] of classes.entries())
    for (let i = 0; i < data.length; i++) if (mask.data[i] === values[0]) data[i] = c + 1;
  return { ...mask, data };
}

const percentiles = [0, 0.05, 0.5, 0.95, 1] as const;

/** HU from the least to the most in a region, as one row's text. */
function huRange(image: Volume, region: Uint8Array): string {
  const inside = image.data.filter((_, i) => region[i]! > 0);
  if (inside.length === 0) return '–';
  const sorted = [...inside.sort()];
  return percentiles.map((share) => `${Math.round(quantileOf(sorted, share))}`.replace('-', '−')).join(' / ');
}

/** The table of a mask: what `axunet report` measures, and how HU are spread. */
function tableOf(image: Volume, mask: Volume<Uint8Array>, classes: readonly LabelClass[]): string[][] {
  const measures = measureMask(image, mask, classes);
  const apart = Object.entries(measures.classes ?? {});
  const columns = [['mask', measures.whole] as const, ...apart];
  const regions = [mask.data, ...apart.map((_, c) => maskOfValue(mask.data, c + 1))];
  return [
    ['', ...columns.map(([name]) => name)],
    ...measureRows.map(([what, read]) => [what, ...columns.map(([, region]) => read(region))]),
    ['HU: least / 5 % / middle / 95 % / most', ...regions.map((region) => huRange(image, region))],
  ];
}

type Shown = Pick<Result, 'table' | 'viewer' | 'picture'>;

/** Table and viewer of a volume and the mask that was written. */
async function showVolume(input: VolumeInput, maskFile: string, classes: readonly LabelClass[]): Promise<Shown> {
  const opened = await openImage(input.file, { series: input.series });
  const [image, stored] = [toCanonical<Volume['data']>(opened), toCanonical<Volume['data']>(await openMask(maskFile))];
  const several = classes.length > 1 ? classes : [];
  const mask = classNumbers(stored, classes.length > 0 ? classes : [{ name: 'pancreas', values: [1] }]);
  const scene = sceneOf(image, { prediction: mask, classes: several, name: input.name });
  return { table: tableOf(image, mask, several), viewer: viewPage(scene, { mostBytes }) };
}

/** Table and pixels of a picture and the mask that was written. */
async function showPicture(input: VolumeInput, maskFile: string): Promise<Shown> {
  const { data: grey, width, height } = await readGreyImage(input.file);
  const mask = maskOf(await readGreyImage(maskFile), maskFile);
  const pixels = mask.reduce((sum, v) => sum + v, 0);
  const share = `${((100 * pixels) / mask.length).toFixed(2)} %`;
  const table = [
    ['', 'mask'],
    ['pixels', `${pixels}`],
    ['of the picture', share],
  ];
  return { table, picture: { width, height, grey, mask } };
}

/** Segments what lies at a place. Throws a UserError with the reason where that cannot be done. */
export async function segment(place: string, request: SegmentRequest): Promise<Omit<Result, 'engine'>> {
  const { networks, threshold, series, onProgress } = request;
  const begin = performance.now();
  const input = await oneInput(place, series);
  const report = await predictFiles(networks, [input], {
    out,
    threshold,
    onProgress: (done, _, note) => onProgress(done, note),
  });
  if (report.failed.length > 0) throw new UserError(report.failed[0]!.reason);
  const seconds = (performance.now() - begin) / 1000;
  const maskName = `${input.name}${input.isPicture ? '.png' : '.nii.gz'}`;
  const maskFile = `${out}/${maskName}`;
  const shown = input.isPicture
    ? await showPicture(input, maskFile)
    : await showVolume(input, maskFile, networks[0]!.classes ?? []);
  const mask = await readBytes(maskFile, 'the mask');
  const warnings = (report.warnings ?? []).map(({ message }) => message);
  return { name: input.name, maskName, mask, warnings, seconds, ...shown };
}
