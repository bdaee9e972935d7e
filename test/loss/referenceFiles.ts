/**
 * The files of loss values that other programs have printed: those of AXUNET_LOSS_REFERENCE, else of the shared test
 * data. Two formats:
 * MONAI's values of one case (losses_monai.json), and the reference code's (boundary_loss_reference.json).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expected } from '../../lib/errors.ts';
import { settings } from '../../lib/settings.ts';

/** One case, told by numbers of voxels: the truth, a prediction, and where both are. */
export interface MonaiFile {
  note: string;
  n_voxels: number;
  n_gt: number;
  n_pred: number;
  tp: number;
  values: Record<string, number>;
}
/** A value, its gradient as [norm, five values], or why there is none. */
export interface Measured {
  value?: number | null;
  grad?: number[] | null;
  raises?: string;
}
export interface ReferenceCase {
  case: string;
  mask: string;
  N: number;
  H: number;
  W: number;
  scale: number;
  perfect: number;
  mask_pixels: number[];
  logits_check: [number, number];
  E: Record<'abs' | 'mag' | 'code_x_twice', number[]>;
  as_code: Record<string, Measured & Record<string, unknown>>;
  intended: Record<'softmax' | 'normalised_sigmoids', Record<string, Measured>>;
}
export interface ReferenceFile {
  cases: ReferenceCase[];
}
export interface Found<T> {
  readonly name: string;
  readonly content: T;
}

const names = ['losses_monai.json', 'boundary_loss_reference.json'];

function jsonFiles(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => path.join(place, name));
}

/**
 * The files of each format, and why there are none. In a folder, files of neither format are passed over; a file that
 * is named must be of one.
 */
export function lossReferences(): { monai: Found<MonaiFile>[]; reference: Found<ReferenceFile>[]; why: string } {
  const places =
    settings.lossReference ??
    (settings.sharedFolder ? names.map((name) => path.join(settings.sharedFolder!, 'data/reference', name)) : []);
  const [monai, reference]: [Found<MonaiFile>[], Found<ReferenceFile>[]] = [[], []];
  for (const place of places) {
    for (const file of jsonFiles(place)) {
      const [name, content] = [path.basename(file), JSON.parse(readFileSync(file, 'utf8'))];
      if (content.values && content.n_voxels) monai.push({ name, content });
      else if (content.cases?.[0]?.as_code) reference.push({ name, content });
      else if (file === place)
        throw expected('a file of loss values, with "values" and "n_voxels" or with "cases"', file);
    }
  }
  return { monai, reference, why: places.length ? 'no file of this format is named' : 'no shared test data' };
}
