/**
 * A report on one scan: what is measured of a mask, how sure the networks are, what they were trained on, and what is
 * odd about the files. Nothing of a header that names a person is ever in it.
 */
import type { LabelClass } from '../dataset/caseList.ts';
import { describeClasses } from '../dataset/classes.ts';
import { type MaskOptions, openMaskOn } from '../dataset/maskOnImage.ts';
import { withoutFileNames } from '../dicom/readDicom.ts';
import { cleanText } from '../errors.ts';
import type { Figure } from '../figures/figure.ts';
import { assertFinite } from '../io/nifti.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { emptyMask } from '../predict/emptyMask.ts';
import { describePostprocessing } from '../predict/postprocess.ts';
import { type Opened, openImage } from '../scan/openVolume.ts';
import { volumeChecksums } from '../scan/readVolume.ts';
import { volumeName } from '../scan/volumeNames.ts';
import type { TrainedRun } from '../train/loadRun.ts';
import { orientationCodes, toCanonical } from '../volume/orientation.ts';
import { crookedAxes, type Volume } from '../volume/volume.ts';
import type { Certainty } from './certainty.ts';
import { emptyBetween, type MaskMeasures, measureMask } from './measure.ts';
import { type Segmented, type SegmentOptions, segmentImage } from './segment.ts';
import { slicesFigure } from './slices.ts';
import { type NetworkFacts, networkFacts } from './training.ts';

/** Stands on every page. */
export const notice =
  'Not a medical device. Made by a research program; not to be used for diagnosis, treatment or any decision on a ' +
  'patient.';

/** The scan, and where its mask comes from: one of `networks` and `mask`. */
export interface ReportRequest {
  readonly image: string;
  /** Which series of a DICOM image. */
  readonly series?: string;
  /** Stands for the file's or folder's name, which may be a person's; no other file is named then either. */
  readonly name?: string;
  /** At most so many slices are drawn. */
  readonly slices: number;
  readonly mask?: MaskOptions & { readonly file: string };
  readonly networks?: SegmentOptions & { readonly runs: readonly TrainedRun[] };
}

/** What `<name>.report.json` holds, beside the checksums of the two other files. */
export interface ScanReport {
  readonly notice: string;
  readonly axunet: string;
  readonly scan: {
    readonly name: string;
    readonly format: string;
    /** Voxels, and mm between them, along x, y, z as stored. */
    readonly shape: readonly number[];
    readonly spacingMm: readonly number[];
    readonly orientation: string;
    /** Of the files that it was read from. */
    readonly sha256: readonly string[];
  };
  readonly mask: {
    readonly from: 'networks' | 'file';
    /** Of a mask that was given, and which of its values count: one, classes by name, or without both any but 0. */
    readonly sha256?: readonly string[];
    readonly value?: number;
    readonly classes?: string;
    /** Of networks: the probability from which a voxel counts, of one class; and what was done to the mask. */
    readonly threshold?: number;
    readonly postprocessing?: string;
    readonly mirror?: readonly string[];
  };
  readonly measures: MaskMeasures;
  readonly certainty: Certainty | null;
  readonly networks: readonly NetworkFacts[];
  /** The scan beside the pictures that the networks were trained on; null where they do not know them. */
  readonly beside: Segmented['beside'] | null;
  /** Drawn slices, from 0 at the feet. */
  readonly slices: readonly number[];
  readonly warnings: readonly string[];
}

/** What a report is drawn and written from. */
export interface MadeReport {
  readonly report: ScanReport;
  readonly figure: Figure;
}

type Source = Pick<ScanReport, 'mask' | 'certainty' | 'networks' | 'beside' | 'warnings'> & {
  readonly data: Volume<Uint8Array>;
  readonly classes?: readonly LabelClass[];
  readonly entropy?: Segmented['entropy'];
};

async function fromFile({ file, ...options }: NonNullable<ReportRequest['mask']>, image: Volume): Promise<Source> {
  const { warnings, ...data } = await openMaskOn(file, image, options);
  const { labelValue: value, labels: { classes } = {} } = options;
  const counted = { ...(value !== undefined && { value }), ...(classes && { classes: describeClasses(classes) }) };
  const mask = { from: 'file', sha256: Object.values(await volumeChecksums(file)), ...counted } as const;
  return { data, mask, classes, certainty: null, networks: [], beside: null, warnings };
}

async function fromNetworks(
  { runs: given, ...options }: NonNullable<ReportRequest['networks']>,
  image: Opened,
  file: string,
): Promise<Source> {
  // As openEnsemble has them, so that what is said of the members is in this order.
  const runs = given.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const { mask, certainty, entropy, warnings, beside = null } = await segmentImage(runs, image, file, options);
  const classes = runs[0]!.classes;
  const { threshold = 0.5, postprocessing = {}, mirror = [] } = options;
  const made = {
    from: 'networks',
    ...((classes?.length ?? 1) < 2 && { threshold }),
    postprocessing: describePostprocessing(postprocessing),
    mirror,
  } as const;
  return { data: mask, mask: made, classes, certainty, entropy, networks: runs.map(networkFacts), beside, warnings };
}

function doubtsOf(image: Opened, { warnings, data }: Source, { whole }: MaskMeasures): string[] {
  const tilted = 'no diameter in space is given, since the axes are not at right angles';
  const all = [...image.warnings, ...warnings, ...(crookedAxes(image.affine) === undefined ? [] : [tilted])];
  const isSaid = warnings.some((warning) => warning.startsWith(emptyMask));
  const empty = whole.voxels === 0 && !isSaid ? [emptyMask] : [];
  const gaps = emptyBetween(data);
  if (gaps > 0) empty.push(`between the first and the last slice of the mask ${gaps} ${gaps > 1 ? 'are' : 'is'} empty`);
  return [...new Set([...all, ...empty].map(cleanText))];
}

/**
 * Reads a scan, takes the mask or makes it with the networks, and measures and draws it. Throws a UserError for files
 * that cannot be read, a mask on another grid, and networks that do not belong together or saw another kind of image.
 */
export async function reportOnScan(request: ReportRequest): Promise<MadeReport> {
  const { image: file, series, mask, networks } = request;
  const image = await openImage(file, { series, label: mask?.file });
  assertFinite(image, file);
  const canonical = toCanonical<Volume['data']>(image);
  const source = mask ? await fromFile(mask, canonical) : await fromNetworks(networks!, image, file);
  const named = request.name === undefined ? image : { ...image, warnings: image.warnings.map(withoutFileNames) };
  const measures = measureMask(canonical, source.data, source.classes);
  const { entropy, certainty, classes } = source;
  const drawn = { image: canonical, mask: source.data, classes };
  const unsure = entropy && certainty ? { entropy: { bits: entropy, most: certainty.mostEntropyBits } } : {};
  const { figure, slices } = slicesFigure({ ...drawn, ...unsure }, request.slices);
  const report: ScanReport = {
    notice,
    axunet: packageVersion(),
    scan: {
      name: cleanText(request.name ?? volumeName(file)),
      format: image.header.format,
      shape: image.shape,
      spacingMm: image.spacingMm,
      orientation: orientationCodes(image.affine),
      sha256: Object.values(await volumeChecksums(file, { series })),
    },
    mask: source.mask,
    measures,
    certainty,
    networks: source.networks,
    beside: source.beside,
    slices,
    warnings: doubtsOf(named, source, measures),
  };
  return { report, figure };
}
