/** Options that say in which format a mask is written, and what its values stand for. */
import { type Label, structureCalled, structureNames } from '../../dicomLabels/codes.ts';
import { expected } from '../../errors.ts';
import { type MaskFormat, maskFormats } from '../../scan/maskFiles.ts';

/** `nifti,dicom-seg` → a list. Throws a UserError for unknown formats and those named twice. */
export function parseFormats(text: string): readonly MaskFormat[] {
  const names = text.split(',').map((name) => name.trim());
  const isGood = names.every((name) => (maskFormats as string[]).includes(name));
  if (!isGood || new Set(names).size < names.length)
    throw expected(`--format of ${maskFormats.join(', ')}, each once`, `"${text}"`);
  return names as MaskFormat[];
}

/** What the values of a mask stand for, and whether those that are not named are background. */
export interface MaskLabels {
  readonly labels: readonly Label[];
  readonly otherLabels?: 'background';
}

/** `pancreas=1,tumour=2` → labels; `*=0` takes all others for background. Throws a UserError for anything else. */
export function parseLabels(text: string): MaskLabels {
  const entries = text.split(',');
  const named = entries.filter((entry) => entry.trim() !== '*=0');
  if (named.length === 0) throw expected('--labels that name a structure', `"${text}"`);
  const labels = named.map((entry): Label => {
    const [, called = '', value] = /^([^=]*)=(\d{1,5})\s*$/.exec(entry) ?? [];
    const name = structureCalled(called);
    if (name === undefined || !(Number(value) >= 1))
      throw expected(`--labels as pancreas=1,tumour=2 or pancreas=7,*=0 (${structureNames.join(', ')})`, `"${text}"`);
    return { name, value: Number(value) };
  });
  for (const key of ['name', 'value'] as const)
    if (new Set(labels.map((label) => label[key])).size < labels.length)
      throw expected('--labels that name each structure and each value once', `"${text}"`);
  return { labels, ...(named.length < entries.length && { otherLabels: 'background' }) };
}

/** `TotalSegmentator:2.4.0` → name and version. Throws a UserError where one is missing. */
export function parseAlgorithm(text: string): { name: string; version: string } {
  const [, name, version] = /^(.*\S):(.*\S)\s*$/.exec(text) ?? [];
  if (name === undefined || version === undefined) throw expected('--algorithm NAME:VERSION', `"${text}"`);
  return { name, version };
}
