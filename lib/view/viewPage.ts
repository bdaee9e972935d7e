/** A volume and its masks as one HTML file with three planes to look through; it asks for nothing else. */
import { niftiHeaderOf } from '../io/nifti.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import { shearDegrees } from '../volume/volume.ts';
import { bodyBox, isWhole } from './bodyBox.ts';
import { type PackedVolume, packVolume } from './encode.ts';
import { niivueScript } from './niivue.ts';
import { pageHtml } from './pageHtml.ts';
import type { Scene } from './scene.ts';

/** The most that a page takes. */
const pageBytes = 5e6;
/** Kept free of them for script, style and texts. */
const frameBytes = 6e4;

/** Windows to choose from, in HU; the first is the one that the networks see by default. */
const presets = [
  { name: 'soft tissue', low: softTissueWindowHu[0], high: softTissueWindowHu[1] },
  { name: 'pancreas, narrow', low: -20, high: 180 },
  { name: 'bone', low: -500, high: 1300 },
  { name: 'lung', low: -1350, high: 150 },
] as const;

/** The presets that lie within the levels of a page; the first two do always. */
const presetsOf = ({ levels: { low, step, last, clipped } }: PackedVolume): (typeof presets)[number][] =>
  presets.filter((preset) => !clipped || (preset.low >= low && preset.high <= low + step * last));

/** What is to be known of how the voxels came onto the page, in sentences. */
function notesOf({ image, warnings }: Scene, { levels, factor, box, shape }: PackedVolume): string[] {
  const { low, step, last, clipped, rounding } = levels;
  const spacing = image.spacingMm.map((mm) => Number(mm.toPrecision(4))).join(' × ');
  const size = `${image.shape.join(' × ')} voxels of ${spacing} mm`;
  const cut = isWhole(box, image.shape) ? '' : `, cut to the body: ${box.shape.join(' × ')}`;
  const blocks = `${factor.join(' × ')} voxels are one here (${shape.join(' × ')}), with their mean HU`;
  const range = clipped
    ? ` from ${String(low).replace('-', '−')} to ${low + step * last}; what is beyond shows as the end of it`
    : '';
  return [
    `${size}${cut}. The patient's right is on the left of the picture (radiological convention).`,
    ...(factor.some((n) => n > 1) ? [`Too large for one page: ${blocks}.`] : []),
    ...(step > 1 ? [`HU are in steps of ${step}${range}: right to ±${rounding}.`] : []),
    ...(shearDegrees(image.affine) > 0 ? ['The axes are not at right angles; they are drawn as if they were.'] : []),
    ...warnings.map((warning) => `Warning: ${warning}.`),
    'Not a medical device.',
  ];
}

/** What the script reads (browser.mjs); places are voxels of the page. */
function contentOf(scene: Scene, packed: PackedVolume): object {
  const { shape, spacingMm, affine, levels, box, factor } = packed;
  return {
    shape,
    spacingMm,
    affine,
    levels,
    start: box.start,
    factor,
    at: scene.at.map((n, axis) => Math.floor((n - box.start[axis]!) / factor[axis]!)),
    presets: presetsOf(packed),
    masks: scene.masks.map(({ classes, dotted }) => ({ classes, dotted })),
  };
}

/** Headers of NIfTI files of the page's voxels, for what draws the body. */
function headersOf({ shape, spacingMm, affine }: PackedVolume): object {
  const [image, mask] = [Int16Array, Uint8Array].map((type) =>
    Buffer.from(niftiHeaderOf({ data: new type(0), shape, spacingMm, affine })).toString('base64'),
  );
  return { image, mask };
}

/**
 * The page of a scene: axial, coronal and sagittal with a crosshair, windows, masks and the HU under the cursor, and
 * `inSpace` the body to turn. Cut to the body and made coarser until it takes at most `mostBytes`; what was done stands
 * on it. Throws a UserError where the page is to be `inSpace` and NiiVue is not installed.
 */
export function viewPage(scene: Scene, { mostBytes = pageBytes, inSpace = false } = {}): string {
  const niivue = inSpace ? niivueScript() : undefined;
  const masks = scene.masks.map(({ volume }) => volume);
  const room = mostBytes - frameBytes - (niivue?.length ?? 0);
  const packed = packVolume(scene.image, masks, bodyBox(scene.image, masks), room);
  return pageHtml({
    title: scene.name,
    notes: notesOf(scene, packed),
    content: { ...contentOf(scene, packed), ...(inSpace && { headers: headersOf(packed) }) },
    voxels: packed.voxels,
    masks: packed.masks,
    niivue,
  });
}
