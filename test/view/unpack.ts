/** Reads a viewer page as its script does, written anew: JSON, base64, inflate, sums along x. */
import { inflateSync } from 'node:zlib';

export interface Content {
  readonly shape: readonly [number, number, number];
  readonly spacingMm: readonly number[];
  readonly affine: readonly number[];
  readonly levels: { low: number; step: number; last: number; bits: 8 | 16; clipped: boolean; rounding: number };
  readonly start: readonly number[];
  readonly factor: readonly number[];
  readonly at: readonly number[];
  readonly presets: readonly { name: string; low: number; high: number }[];
  readonly masks: readonly { classes: { value: number; name: string; colour: string }[]; dotted: boolean }[];
}

/** HU from base64: 8 bit differences, or the low bytes of 16 bit ones and then the high ones. */
export function huOf(text: string, { low, step, bits }: Content['levels']): number[] {
  const bytes = inflateSync(Buffer.from(text, 'base64'));
  const count = bits === 8 ? bytes.length : bytes.length / 2;
  const hu: number[] = [];
  let level = 0;
  for (let i = 0; i < count; i++) {
    level += bits === 8 ? bytes[i]! : bytes[i]! + 256 * bytes[count + i]!;
    level %= 2 ** bits;
    hu.push(low + step * level);
  }
  return hu;
}

const textOf = (page: string, id: string): string =>
  new RegExp(`<script type="[^"]*" id="${id}">([^<]*)</script>`).exec(page)![1]!;

export interface UnpackedPage {
  readonly content: Content;
  readonly hu: readonly number[];
  readonly masks: readonly Buffer[];
}

export function unpackPage(page: string): UnpackedPage {
  const content = JSON.parse(textOf(page, 'content')) as Content;
  const hu = huOf(textOf(page, 'voxels'), content.levels);
  const masks = content.masks.map((_, m) => inflateSync(Buffer.from(textOf(page, `mask-${m}`), 'base64')));
  return { content, hu, masks };
}
