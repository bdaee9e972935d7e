import { cleanText, UserError } from '../../errors.ts';
import { type VolumeInfo, volumeInfo } from '../../scan/volumeInfo.ts';
import type { ValueSummary } from '../../volume/values.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/info.ts';
import { seriesOf } from '../options/series.ts';

const short = (value: number): string => String(Number(value.toPrecision(7)));
const line = (label: string, text: string): string => `${label.padEnd(12)} ${cleanText(text)}`;

function formatOf({ format, datatype, byteOrder, modality, transferSyntax }: VolumeInfo): string {
  const order = byteOrder && `${byteOrder}-endian`;
  return [format, modality, datatype, order, transferSyntax].filter((part) => part !== undefined).join(', ');
}

function tableOf(info: VolumeInfo): string {
  const values = (v: ValueSummary): string =>
    `min ${short(v.min)}, max ${short(v.max)}, mean ${short(v.mean)}, std ${short(v.std)}, sum ${short(v.sum)}`;
  return [
    line('file', info.file),
    line('format', formatOf(info)),
    line('shape', info.shape.join(' × ')),
    line('spacing', `${info.spacingMm.map(short).join(' × ')} mm`),
    line('orientation', info.orientation),
    ...info.affine.map((row, i) => line(i === 0 ? 'affine' : '', row.map((v) => short(v).padStart(12)).join(' '))),
    ...(info.slope === undefined ? [] : [line('scaling', `slope ${info.slope}, intercept ${info.intercept}`)]),
    line('values', values(info)),
    ...(info.finite ? [line('finite', `${values(info.finite)} of ${info.finite.count} voxels`)] : []),
    ...(info.description ? [line('description', info.description)] : []),
    ...info.warnings.map((warning) => line('warning', warning)),
  ].join('\n');
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  if (operands.length !== 1) throw new UserError(`Expected one FILE or FOLDER, found ${operands.join(' ') || 'none'}`);
  const found = await volumeInfo(operands[0]!, seriesOf(values));
  console.log(values.json ? JSON.stringify(found, null, 2) : tableOf(found));
  return 0;
}
