import { existsSync } from 'node:fs';
import { assertLabelled, type Label, pancreasOnly, structureCalled } from '../../dicomLabels/codes.ts';
import { listSegments } from '../../dicomLabels/segments.ts';
import { cleanText, expected, UserError } from '../../errors.ts';
import { wouldTouch } from '../../io/insideFolder.ts';
import { writeNifti } from '../../io/nifti.ts';
import { dicomSourceOf, writeMask } from '../../scan/maskFiles.ts';
import { type Opened, openImage, openMask } from '../../scan/openVolume.ts';
import { geometryDifference, inOrderOf } from '../../volume/orientation.ts';
import { assertLabelValues } from '../../volume/values.ts';
import type { Volume } from '../../volume/volume.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/convert.ts';
import { seriesOf } from '../options/series.ts';

type Values = Call<typeof options>['values'];

/** The mask in the axis order of its image. Throws a UserError where it lies on other voxels. */
function onImage(mask: Opened, image: Opened, file: string): Volume {
  const turned = inOrderOf(mask, image);
  const difference = geometryDifference(image, turned);
  if (difference) throw expected('a mask on the voxels of --source', difference, file);
  return { ...turned, affine: image.affine, spacingMm: image.spacingMm };
}

function tell(file: string, warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`axunet convert: warning: ${cleanText(file)}: ${warning}`);
}

/** The mask with 0 for the values that nobody named, where they are said to be background. */
function withoutOthers(mask: Opened, { labels, segment }: Values, file: string): Opened {
  if (labels?.otherLabels !== 'background') return mask;
  assertLabelValues(mask.data, file);
  const named = new Set(labels.labels.map(({ value }) => value));
  const data = mask.data.map((value: number) => (named.has(value) ? value : 0));
  const segments = segment === undefined ? mask.segments?.filter(({ number }) => named.has(number)) : mask.segments;
  return { ...mask, data, segments };
}

/** Without an image the mask stays on its own grid. */
async function toNifti(
  mask: Opened,
  image: Opened | undefined,
  file: string,
  { out, segment, labels }: Values & { out: string },
): Promise<void> {
  if (labels) assertLabelled(mask.data, labels.labels, file);
  else assertLabelValues(mask.data, file);
  const placed = image ? onImage(mask, image, file) : mask;
  await writeNifti(out, placed, { description: 'axunet mask' });
  if (!mask.segments) return;
  const values = mask.segments.map((one) => (segment === undefined ? one : { ...one, number: 1 }));
  console.log(`Values of the mask: ${listSegments(values)}`);
}

/** What the values of a mask stand for: as said, as the file itself says, or pancreas alone. */
function labelsFor({ segments }: Opened, { labels, segment }: Values): readonly Label[] {
  if (labels || !segments) return labels?.labels ?? pancreasOnly;
  const known = segments.flatMap(({ number, label }): Label[] => {
    const name = structureCalled(label);
    return name === undefined ? [] : [{ value: segment === undefined ? number : 1, name }];
  });
  return known.length === segments.length ? known : pancreasOnly;
}

async function toDicom(mask: Opened, image: Opened, file: string, values: Values & { out: string }): Promise<void> {
  const { source: place, out, format, algorithm } = values;
  const source = await dicomSourceOf(image, place!);
  tell(place!, source.warnings);
  const labels = labelsFor(mask, values);
  assertLabelled(mask.data, labels, file);
  await writeMask({ mask: onImage(mask, image, file), labels, algorithm }, { file: out, format, source });
}

/** Refuses to replace what the mask is made from, or to put a file among those of a series. */
function assertApart(out: string, { force, source }: Values, mask: string): void {
  if (existsSync(out) && !force) throw expected('a file that is not there yet, or --force', 'one that is', out);
  const place = [mask, ...(source === undefined ? [] : [source])].find((one) => wouldTouch(out, one));
  if (place !== undefined) throw expected('another place than that of the mask and of its image', out, place);
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [file, ...rest] = operands;
  const { out, source: place, segment } = values;
  if (!file || rest.length > 0 || out === undefined) throw new UserError('Expected axunet convert MASK --out FILE');
  const isDicom = /\.dcm$/i.test(out);
  if (!isDicom && !/\.nii(\.gz)?$/i.test(out))
    throw expected('--out to end in .dcm, .nii or .nii.gz', 'another name', out);
  if (isDicom && place === undefined) throw expected('--source with the DICOM series of the mask', 'none');
  assertApart(out, values, file);
  const image = place === undefined ? undefined : await openImage(place, { isCt: false, ...seriesOf(values) });
  const mask = withoutOthers(await openMask(file, { segment, on: image }), values, file);
  tell(file, [...mask.warnings, ...(mask.data.some((value) => value !== 0) ? [] : ['the mask is empty'])]);
  if (isDicom) await toDicom(mask, image!, file, { ...values, out });
  else await toNifti(mask, image, file, { ...values, out });
  console.log(`Made ${out}`);
  return 0;
}
