/** The options that say what the values in a label file stand for: `--label-map` and `--labels`. */
import type { OpenOptions } from '../../dataset/caseList.ts';
import { parseClasses } from '../../dataset/classes.ts';
import { expected } from '../../errors.ts';
import type { OptionDefinition } from '../definition.ts';

/**
 * `7:1,*:0` → {labelMap: {7: 1}, otherLabels: 'background'}. Throws a UserError for anything else than such a map, or
 * a label named twice.
 */
export function parseLabelMap(text: string): OpenOptions {
  const entries = text.split(',').map((entry) => entry.trim());
  const listed = entries
    .filter((entry) => entry !== '*:0')
    .map((entry) => {
      const match = /^(\d+):([01])$/.exec(entry);
      if (!match) throw expected('--label-map as 1:1,2:1 or 7:1,*:0 (stored label : class 0 or 1)', `"${text}"`);
      return [Number(match[1]), Number(match[2])] as const;
    });
  const labels = listed.map(([label]) => label);
  if (listed.some(([label, found]) => label === 0 && found === 1))
    throw expected('--label-map to leave 0 background', `0:1 in "${text}"`);
  const twice = labels.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined) throw expected('--label-map to name each label once', `${twice} twice in "${text}"`);
  return {
    labelMap: Object.fromEntries(listed),
    ...(listed.length < entries.length && { otherLabels: 'background' as const }),
  };
}

export const labelMapOption = {
  value: 'MAP',
  text:
    'what stored labels stand for, 1 for pancreas and 0 for background, such as 1:1,2:1; ' +
    '7:1,*:0 takes all but 7 for background',
  usually: 'as the data set says',
  parse: parseLabelMap,
} as const satisfies OptionDefinition;

export const labelsOption = {
  value: 'CLASSES',
  text:
    'keeps classes apart, by name and stored label value, such as pancreas=1,tumour=2; ' +
    'pancreas=4+5 has two values, and *=0 takes all others for background',
  usually: 'all foreground is one class',
  parse: parseClasses,
} as const satisfies OptionDefinition;

/** What is typed of labels and of the series, and what a plan says of the one that is not typed. */
export function withPlanned(typed: OpenOptions, planned: OpenOptions = {}): OpenOptions {
  const { series, ...plannedRules } = planned;
  const { series: _, ...rules } = typed;
  return {
    ...(Object.keys(rules).length === 0 && plannedRules),
    ...(series !== undefined && { series }),
    ...typed,
  };
}

/** What `--label-map` or `--labels` says of the labels. Throws a UserError where both are given. */
export function openOptionsOf(values: { readonly labelMap?: OpenOptions; readonly labels?: OpenOptions }): OpenOptions {
  const { labelMap, labels } = values;
  if (labelMap && labels) throw expected('either --label-map or --labels', 'both');
  return labels ?? labelMap ?? {};
}
