/**
 * The one gate through which every command and notebook reads an image or a mask: what the file says of its geometry is
 * settled, what is doubtful is said, and nobody has to check it again.
 *
 * Lengths in metres or micrometres become mm, as in ITK. Where the spacing in the header and the affine disagree the
 * affine counts. Label values within 1e-4 of a whole number become that number.
 */
import { realpath } from '#system/fsPromises';
import { readDicomLabel } from '../dicomLabels/readLabel.ts';
import type { ImageGrid, SegmentChoice } from '../dicomLabels/segments.ts';
import { expected } from '../errors.ts';
import { hounsfieldDoubts } from '../volume/hounsfield.ts';
import { type Affine, shearDegrees, spacingOf, type Vec3, type Volume, type VoxelArray } from '../volume/volume.ts';
import { type AnyVolume, readVolume, type SeriesChoice } from './readVolume.ts';
import { isDicomName } from './volumeNames.ts';

/** A volume as read through the gate. */
export interface Opened extends AnyVolume {
  /** What is odd and may be wrong, one phrase each without the file's name; empty as a rule. */
  readonly warnings: readonly string[];
}

const mmPerUnit: Readonly<Record<string, number>> = { metre: 1000, micron: 1e-3 };
/** Header and affine may differ by rounding; so far they count as one. */
const spacingTolerance = 1e-3;
/** Quaternions are stored in single precision: a corner may lie so many voxels off before sform and qform disagree. */
const placementTolerance = 0.02;
/** What scaling makes of a whole number in single precision and less. */
const labelTolerance = 1e-4;

const listMm = (lengths: readonly number[]): string => lengths.map((mm) => Number(mm.toPrecision(6))).join(' × ');

function scaled({ spacingMm, affine }: Volume, factor: number): { spacingMm: Vec3; affine: Affine } {
  return {
    spacingMm: spacingMm.map((length) => length * factor) as unknown as Vec3,
    affine: affine.map((value, i) => (i < 12 ? value * factor : value)),
  };
}

/** The volume in mm and with the spacing of its affine, and what had to be said of it. */
function settleGeometry(read: AnyVolume): Opened {
  const warnings = [...(read.warnings ?? [])];
  const { lengthUnit, placedBy, givesSpacing = true, qformDistance = 0 } = read.header;
  const factor = mmPerUnit[lengthUnit ?? 'mm'];
  let { spacingMm, affine }: Pick<Volume, 'spacingMm' | 'affine'> = read;
  if (factor !== undefined) {
    ({ spacingMm, affine } = scaled(read, factor));
    warnings.push(`the header gives lengths in ${lengthUnit}s; they are converted to mm (${listMm(spacingMm)} mm)`);
  }
  const implied = spacingOf(affine);
  if (!implied.every((mm) => mm > 0))
    warnings.push('the affine does not place all three axes; distances and radiomics are refused');
  else if (!givesSpacing) {
    const instead = placedBy === 'sform' ? 'that of the affine is used' : '1 mm is assumed';
    warnings.push(`the header gives no spacing (pixdim is 0); ${instead} (${listMm(implied)} mm)`);
    spacingMm = implied;
  } else if (implied.some((mm, i) => !(Math.abs(mm - spacingMm[i]!) <= spacingTolerance * mm))) {
    warnings.push(
      `the spacing in the header (${listMm(spacingMm)} mm) differs from that of the affine (${listMm(implied)} mm); ` +
        'the affine is used',
    );
    spacingMm = implied;
  }
  const shear = shearDegrees(affine);
  if (shear > 0)
    warnings.push(
      `the axes are not at right angles (off by ${shear.toFixed(1)}°, as with gantry tilt); ` +
        'volumes follow the affine, distances and radiomics are refused',
    );
  const apart = qformDistance * (factor ?? 1);
  if (apart > placementTolerance * Math.min(...spacingMm))
    warnings.push(
      `sform and qform are both set and disagree (by up to ${Number(apart.toPrecision(3))} mm); the sform is used`,
    );
  if (placedBy === 'assumed')
    warnings.push('neither sform nor qform says how the volume lies (both codes are 0): the orientation is assumed');
  return { ...read, spacingMm, affine, warnings };
}

/** Rounds values that miss a whole number by a hair, in place; an example of them, or undefined where there is none. */
function roundLabels(data: VoxelArray): number | undefined {
  if (!(data instanceof Float32Array) && !(data instanceof Float64Array)) return undefined;
  let example: number | undefined;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const whole = Math.round(value);
    if (value === whole || !(Math.abs(value - whole) <= labelTolerance)) continue;
    example ??= value;
    data[i] = whole;
  }
  return example;
}

function checkImage(opened: Opened): Opened {
  const { modality } = opened.header;
  const other = modality !== undefined && modality !== 'CT' ? [`the modality is ${modality}, not CT`] : [];
  return { ...opened, warnings: [...opened.warnings, ...other, ...hounsfieldDoubts(opened.data)] };
}

function checkMask(opened: Opened): Opened {
  const example = roundLabels(opened.data);
  if (example === undefined) return opened;
  const rounded = `label values within ${labelTolerance} of a whole number are rounded (such as ${example})`;
  return { ...opened, warnings: [...opened.warnings, rounded] };
}

/**
 * Reads an image of any format: NIfTI, NRRD, MetaImage, a DICOM file or folder. `isCt` asks whether its values look
 * like HU; `series` chooses one of a DICOM folder, `label` is a file in it that is read by itself. Throws as readVolume
 * does; whatever is merely odd is in `warnings`.
 */
export async function openImage(
  place: string,
  { isCt = true, ...choice }: SeriesChoice & { isCt?: boolean; label?: string } = {},
): Promise<Opened> {
  const opened = settleGeometry(await readVolume(place, choice));
  return isCt ? checkImage(opened) : opened;
}

/**
 * Reads a mask or label of any format, DICOM-SEG and RTSTRUCT too: of these a `segment`, or all with their numbers, on
 * the voxels of the image `on`, which may still be on its way, where that is given. Other formats are read as they are.
 * Throws as readVolume, readSeg and readRtstruct do.
 */
export async function openMask(
  place: string,
  { segment, on }: Pick<SegmentChoice, 'segment'> & { on?: ImageGrid | Promise<ImageGrid> } = {},
): Promise<Opened> {
  const label = isDicomName(place) ? await readDicomLabel(place, { segment, on: await on }) : undefined;
  if (!label && segment !== undefined)
    throw expected('a DICOM-SEG or RTSTRUCT to choose a segment of', 'another format', place);
  return checkMask(settleGeometry(label ?? (await readVolume(place))));
}

/** Whether two names lead to one file, links followed: a slip where an image and a mask are asked for. */
export const isOneFile = async (a: string, b: string): Promise<boolean> => (await realpath(a)) === (await realpath(b));
