/** How p values are written. */
import { checkNumber, checkWord } from './sample.ts';

/**
 * `table`: three decimals, `0.034`, and below 0.001 `1.2e-5`. `sentence`: `p = 0.03`, `p = 0.34`, `p < 0.001`.
 * `cell`, where there is room for three signs: `.03`, `.3`, `<.001`.
 */
export type PForm = 'table' | 'sentence' | 'cell';

/** A p value as text. NaN stays NaN. Refuses what is no number. */
export function formatP(p: number, form: PForm = 'table'): string {
  checkNumber(p, 'p');
  checkWord(form, ['table', 'sentence', 'cell'], 'the form of p');
  if (form === 'table') return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
  if (p < 0.001) return form === 'cell' ? '<.001' : 'p < 0.001';
  if (form === 'sentence') return `p = ${p < 0.1 ? p.toPrecision(1) : p.toFixed(2)}`;
  return (p < 0.1 ? p.toPrecision(1) : p.toFixed(1)).replace(/^0/, '');
}
