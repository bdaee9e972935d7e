/** One phantom patient from a seed to a CT volume with its label. */
import { expected } from '../../errors.ts';
import type { Vec3, Volume } from '../../volume/volume.ts';
import { paintBowel } from './bowel.ts';
import { Canvas } from './canvas.ts';
import { paintOrgans } from './organs.ts';
import { paintPancreas, pancreasOf } from './pancreas.ts';
import { drawPatient, type Patient, patientStream } from './patient.ts';
import { drawPlacement, scan, store } from './scanner.ts';
import { paintWall, wallOf } from './wall.ts';

/** A synthetic CT with its label (1 pancreas, 2 tumour), and the anatomy that it was drawn from. */
export interface PhantomPatient {
  /** HU, from -1024. */
  readonly image: Volume<Int16Array>;
  /** 0 background, 1 pancreas (with its duct), 2 tumour; same grid as the image. */
  readonly label: Volume<Uint8Array>;
  readonly group: 'tumour' | 'normal';
  /** What was drawn for this patient. */
  readonly patient: Patient;
  /** Orientation codes of the stored axes, such as `LPS`. */
  readonly orientation: string;
}

/** Which phantom patient: equal options give equal voxels. */
export interface PhantomOptions {
  readonly seed: number;
  /** Voxels in a row, rows, and the number of slices on average, in the canonical frame; default 128, 128, 40. */
  readonly size?: Vec3;
  /** The patient as if no tumour had grown (its healthy twin): everything else is drawn alike. */
  readonly withoutTumour?: boolean;
}

/** The field of view: as wide as the body needs, centred roughly, as tall as the pancreas needs and some more. */
function fieldOfView(patient: Patient, size: Vec3): { shape: Vec3; spacingMm: Vec3; centreMm: Vec3 } {
  const random = patientStream(patient, 'field of view');
  const { outline } = wallOf(patient);
  const { scale } = patient;
  const widthMm = 2 * outline.halfWidth * scale[0] * random.uniform(1.02, 1.1);
  const inPlane = Math.round((1000 * widthMm) / size[0]) / 1000;
  const heightMm = random.uniform(125, 160);
  const slice = Math.round(((4 * heightMm) / size[2]) * random.uniform(0.87, 1.15)) / 4;
  const middle = ((outline.back - outline.front) / 2) * scale[1];
  return {
    shape: [size[0], size[1], Math.round(heightMm / slice)],
    spacingMm: [inPlane, inPlane, slice],
    centreMm: [
      random.normal(0, 5),
      middle + 6 + random.normal(0, 6),
      random.normal(8, 9) + patient.pancreas.shiftMm[2] / 2,
    ],
  };
}

/** Paints everything of a patient, organs behind first. */
function paintPatient(patient: Patient, shape: Vec3, spacingMm: Vec3, centreMm: Vec3): Canvas {
  const random = patientStream(patient, 'fields');
  const canvas = new Canvas({ shape, spacingMm, centreMm, scale: patient.scale }, random);
  const wall = paintWall(canvas, patient);
  const pancreas = pancreasOf(patient);
  paintOrgans(canvas, patient, wall);
  paintBowel(canvas, patient, wall, pancreas);
  paintPancreas(canvas, patient, pancreas);
  return canvas;
}

/**
 * Makes one patient: a CT-like abdominal volume in HU and its label, on a grid of their own in an orientation of their
 * own.
 *
 * A patient depends on `seed`, `index` and `size` only, not on the size of a cohort. Of each pair (1, 2), (3, 4), … one
 * patient has a tumour. The number of slices varies by some 15 % about `size[2]`, the voxel size with the body.
 *
 * @param index from 1, as in the file names
 * @throws UserError when the index or the size cannot be made
 */
export function makePhantomPatient(index: number, options: PhantomOptions): PhantomPatient {
  const { seed, size = [128, 128, 40], withoutTumour = false } = options;
  if (!(Number.isInteger(index) && index >= 1)) throw expected('a patient number from 1', `${index}`);
  if (!size.every((n, i) => Number.isInteger(n) && n >= (i < 2 ? 32 : 8) && n <= 1024)) {
    throw expected('a phantom size from 32×32×8 to 1024×1024×1024 voxels', size.join('×'));
  }
  const drawn = drawPatient(seed, index);
  const patient: Patient = withoutTumour ? { ...drawn, tumour: undefined } : drawn;
  const { shape, spacingMm, centreMm } = fieldOfView(patient, size);
  const canvas = paintPatient(patient, shape, spacingMm, centreMm);
  const hu = scan(canvas, patient.noiseHu, patientStream({ seed, index }, 'noise'));
  const placement = drawPlacement(patientStream({ seed, index }, 'placement'));
  return {
    image: store(hu, shape, spacingMm, placement),
    label: store(canvas.label, shape, spacingMm, placement),
    group: patient.tumour ? 'tumour' : 'normal',
    patient,
    orientation: placement.orientation,
  };
}
