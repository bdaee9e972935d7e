/** What a viewer shows: a volume in the canonical frame, the masks on its voxels, and where to look first. */
import type { LabelClass } from '../dataset/caseList.ts';
import { cleanText, expected } from '../errors.ts';
import { classColours, colours } from '../figures/theme.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { fullestSlice } from '../volume/values.ts';
import { sliceZ, type Vec3, type Volume } from '../volume/volume.ts';
import { bodyBox } from './bodyBox.ts';

/** One class of a mask, as it is drawn. */
export interface SceneClass {
  readonly value: number;
  readonly name: string;
  /** CSS. */
  readonly colour: string;
}

export interface SceneMask {
  /** On the voxels of the image; 1, 2, … are the classes in their order. */
  readonly volume: Volume<Uint8Array>;
  readonly classes: readonly SceneClass[];
  /** Whether its lines are dotted, which tells the label from the prediction where classes have the colours. */
  readonly dotted: boolean;
}

export interface Scene {
  readonly name: string;
  /** Canonical, in HU, finite. */
  readonly image: Volume;
  readonly masks: readonly SceneMask[];
  /** The voxel that the first view goes through: in the fullest slice of a mask's first class, else mid-body. */
  readonly at: Vec3;
  /** What is odd about the files, one phrase each. */
  readonly warnings: readonly string[];
}

/** What lies on an image, and how all of it is called. */
export interface ViewOptions {
  /** The expert's label: any but 0 is drawn, or `classes`. */
  readonly mask?: Volume;
  /** What a network found, drawn in the same way. */
  readonly prediction?: Volume;
  /** The classes whose numbers 1, 2, … the masks hold, each drawn in a colour of its own. */
  readonly classes?: readonly LabelClass[];
  /** Stands above the pictures. */
  readonly name?: string;
  readonly warnings?: readonly string[];
}

const looks = { label: colours.label, prediction: colours.prediction } as const;

/** A mask as classes 1, 2, …; all that is drawn is 1 where no classes are named. */
function numbersOf({ data, ...grid }: Volume, classes: readonly LabelClass[]): Volume<Uint8Array> {
  const most = classes.length;
  const numbers = new Uint8Array(data.length);
  for (let i = 0; i < numbers.length; i++) {
    const value = data[i]!;
    if (most === 0) numbers[i] = value > 0 ? 1 : 0;
    else if (Number.isInteger(value) && value >= 0 && value <= most) numbers[i] = value;
    else throw expected(`a mask of the numbers 0 to ${most} of its classes`, String(value));
  }
  return { ...grid, data: numbers };
}

function sceneMask(
  what: keyof typeof looks,
  volume: Volume,
  image: Volume,
  classes: readonly LabelClass[] = [],
): SceneMask {
  const mask = toCanonical(volume);
  const difference = geometryDifference(image, mask);
  if (difference) throw expected(`a ${what} on the grid of the image`, difference);
  const named = classes.map(({ name }, i) => ({
    value: i + 1,
    name: `${name}, ${what}`,
    colour: classColours[i % classColours.length]!,
  }));
  return {
    volume: numbersOf(mask, classes),
    classes: named.length > 0 ? named : [{ value: 1, name: what, colour: looks[what] }],
    dotted: what === 'label' && named.length > 0,
  };
}

/** The voxel of the first class that is nearest to the middle of what its fullest slice has of it. */
function middleOf(mask: Volume<Uint8Array>): Vec3 | undefined {
  const first = mask.data.reduce((least, value) => (value > 0 && value < least ? value : least), Infinity);
  const z = fullestSlice({ ...mask, data: mask.data.map((value) => Number(value === first)) });
  const [width] = mask.shape;
  const drawn: [number, number][] = [];
  sliceZ(mask, z).forEach((value, i) => {
    if (value === first) drawn.push([i % width, Math.floor(i / width)]);
  });
  if (drawn.length === 0) return undefined;
  const mean = (axis: 0 | 1): number => drawn.reduce((sum, at) => sum + at[axis], 0) / drawn.length;
  const [cx, cy] = [mean(0), mean(1)];
  const away = ([x, y]: [number, number]): number => (x - cx) ** 2 + (y - cy) ** 2;
  const [x, y] = drawn.reduce((best, each) => (away(each) < away(best) ? each : best));
  return [x, y, z];
}

/** The voxel in the middle of the part that is shown, which need not hold the middle of the volume. */
function middleOfBody(image: Volume): Vec3 {
  const { start, shape } = bodyBox(image, []);
  return [start[0] + (shape[0] >> 1), start[1] + (shape[1] >> 1), start[2] + (shape[2] >> 1)];
}

function assertNumbers({ data }: Volume): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i])) throw expected('finite CT numbers', `${data[i]} among them`);
}

/**
 * Turns an image in HU and its masks, in any axis order, into the canonical frame. Throws a UserError for a mask on
 * another grid, a value that is no number of a class, and an image with NaN or infinities.
 */
export function sceneOf(image: Volume, options: ViewOptions = {}): Scene {
  const { mask, prediction, classes, name = 'CT', warnings = [] } = options;
  assertNumbers(image);
  const { data, shape, spacingMm, affine } = toCanonical(image);
  const canonical: Volume = { data, shape, spacingMm, affine };
  const masks = [
    ...(mask ? [sceneMask('label', mask, canonical, classes)] : []),
    ...(prediction ? [sceneMask('prediction', prediction, canonical, classes)] : []),
  ];
  const at = masks.map((each) => middleOf(each.volume)).find((each) => each !== undefined) ?? middleOfBody(canonical);
  return { name: cleanText(name), image: canonical, masks, at, warnings: warnings.map(cleanText) };
}
