/** A volume and its masks as one HTML file with three planes to look through; it asks for nothing else. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readTextSync } from '../io/files.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import { escapeHtml } from '../report/html.ts';
import { shearDegrees } from '../volume/volume.ts';
import { bodyBox, isWhole } from './bodyBox.ts';
import { type PackedVolume, packVolume } from './encode.ts';
import type { Scene } from './scene.ts';

/** The most that a page takes. */
const pageBytes = 5e6;
/** Kept free of them for script, style and texts. */
const frameBytes = 6e4;

const beside = (name: string): string =>
  readTextSync(fileURLToPath(new URL(`./page/${name}`, import.meta.url)), "a part of the viewer's page").replaceAll(
    '\r\n',
    '\n', // as a browser reads it before it compares the sum of the script
  );

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
  const range = clipped ? ` from ${low} to ${low + step * last}; what is beyond shows as the end of it` : '';
  return [
    `${size}${cut}. The patient's right is on the left of the picture (radiological convention).`,
    ...(factor.some((n) => n > 1) ? [`Too large for one page: ${blocks}.`] : []),
    ...(step > 1 ? [`HU are in steps of ${step}${range}: right to ±${rounding}.`] : []),
    ...(shearDegrees(image.affine) > 0 ? ['The axes are not at right angles; they are drawn as if they were.'] : []),
    ...warnings.map((warning) => `Warning: ${warning}.`),
    'Not a medical device.',
  ];
}

/** JSON inside of HTML, where `</script>` would end it. */
const asJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Only this very script may run, and nothing is fetched from anywhere. */
const policyFor = (script: string): string => {
  const sum = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${sum}'`;
};

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

const htmlOf = (title: string, notes: readonly string[], content: object, packed: PackedVolume): string => {
  const script = beside('browser.mjs');
  const data = [packed.voxels, ...packed.masks].map(
    (text, i) => `<script type="text/plain" id="${i === 0 ? 'voxels' : `mask-${i - 1}`}">${text}</script>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${beside('style.css')}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${beside('body.html').replace('<!-- notes -->', () => notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n'))}
<script type="application/json" id="content">${asJson(content)}</script>
${data.join('\n')}
<script type="module">${script}</script>
</body>
</html>
`;
};

/**
 * The page of a scene: axial, coronal and sagittal with a crosshair, windows, masks and the HU under the cursor. Cut to
 * the body and made coarser until it takes at most `mostBytes`; what was done stands on it.
 */
export function viewPage(scene: Scene, mostBytes = pageBytes): string {
  const masks = scene.masks.map(({ volume }) => volume);
  const packed = packVolume(scene.image, masks, bodyBox(scene.image, masks), mostBytes - frameBytes);
  return htmlOf(scene.name, notesOf(scene, packed), contentOf(scene, packed), packed);
}
