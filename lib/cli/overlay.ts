import path from 'node:path';
import { parseArgs } from 'node:util';
import { expected, UserError } from '../errors.ts';
import { dice, overlapCounts } from '../evaluate/overlap.ts';
import { type OverlayCase, overlayGrid } from '../figures/overlayGrid.ts';
import { saveFigure } from '../figures/saveFigure.ts';
import { huSlice } from '../figures/slicePicture.ts';
import { readNifti } from '../io/nifti.ts';
import { geometryDifference, toCanonical } from '../volume/orientation.ts';
import { fullestSlice } from '../volume/values.ts';
import { sliceZ, type Volume } from '../volume/volume.ts';
import type { Command } from './command.ts';

const help = `Draws slices of a CT volume with a label and a predicted mask on them, as PNG and SVG.

Usage: axunet overlay IMAGE [--label FILE] [--mask FILE] --out DIR [options]

  --label FILE    expert label; anything but 0 is pancreas
  --mask FILE     predicted mask
  --out DIR       for overlay.png, overlay.svg and overlay.json
  --value V       the label value that counts as pancreas
  --slices N      how many slices, spread over the masked part (default 4)

All files must lie on one grid; otherwise both geometries are named and nothing is drawn.

Example: axunet overlay scan.nii.gz --label label.nii.gz --value 7 --mask masks/scan.nii.gz --out figures/latest/scan`;

/** A mask in the canonical frame, 1 where the file has `value` (any but 0 without one). */
async function readMask(file: string, image: Volume, value?: number): Promise<Volume<Uint8Array>> {
  const stored = await readNifti(file);
  const difference = geometryDifference(image, stored);
  if (difference) throw expected('a mask on the grid of the image', difference, file);
  const data = Uint8Array.from(stored.data, (v: number) => Number(value === undefined ? v > 0 : v === value));
  return toCanonical({ ...stored, data });
}

/** Slices spread evenly from the first to the last that any mask touches, the fullest one alone for a count of 1. */
function chooseSlices(masks: readonly Volume<Uint8Array>[], count: number): number[] {
  const depth = masks[0]!.shape[2];
  const touched = Array.from({ length: depth }, (_, z) => z).filter((z) =>
    masks.some((mask) => sliceZ(mask, z).includes(1)),
  );
  if (touched.length === 0 || count === 1) return [fullestSlice(masks[0]!)];
  const wanted = Math.min(count, touched.length);
  return Array.from({ length: wanted }, (_, i) => touched[Math.round(((i + 0.5) * touched.length) / wanted - 0.5)]!);
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      label: { type: 'string' },
      mask: { type: 'string' },
      out: { type: 'string' },
      slices: { type: 'string', default: '4' },
      value: { type: 'string' },
    },
  });
  const { label: labelFile, mask: maskFile, out } = values;
  const count = Number(values.slices);
  if (positionals.length !== 1 || !out || (!labelFile && !maskFile))
    throw new UserError('Expected axunet overlay IMAGE with --label or --mask, and --out DIR');
  if (!Number.isInteger(count) || count < 1)
    throw expected('--slices with a positive whole number', `"${values.slices}"`);
  const stored = await readNifti(positionals[0]!);
  const image = toCanonical(stored);
  const label = labelFile
    ? await readMask(labelFile, stored, values.value === undefined ? undefined : Number(values.value))
    : undefined;
  const mask = maskFile ? await readMask(maskFile, stored) : undefined;
  const id = path.basename(positionals[0]!).replace(/\.nii(\.gz)?$/, '');
  const cases = chooseSlices(
    [label, mask].filter((m) => m !== undefined),
    count,
  ).map((z): OverlayCase => {
    const [reference, prediction] = [label && sliceZ(label, z), mask && sliceZ(mask, z)];
    return {
      id: `${id}, slice ${z}`,
      slice: huSlice(image, z),
      label: reference,
      prediction,
      dice: reference && prediction ? dice(overlapCounts(prediction, reference)) : undefined,
    };
  });
  const inputs = [positionals[0]!, labelFile, maskFile].filter((f) => f !== undefined);
  const { png } = await saveFigure(out, 'overlay', overlayGrid(cases, {}), { inputs });
  const whole =
    label && mask ? `DSC ${dice(overlapCounts(mask.data, label.data)).toFixed(3)} over the whole volume; ` : '';
  console.log(`${whole}${cases.length} slices in ${png}`);
  return 0;
}

export const overlay: Command = { name: 'overlay', summary: 'draw label and mask on slices of a CT volume', help, run };
