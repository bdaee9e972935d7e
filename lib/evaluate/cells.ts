/** How numbers of an evaluation are written in tables of text. */
import { cleanText } from '../errors.ts';
import { type Metric, metricInfo, type Outcome } from './metrics.ts';

/** A number for a table, `–` for one that does not exist. */
export const cell = (value: number | undefined, digits = 3): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);

/** Both ends of an interval, `–` without one. */
export const interval = (bounds: readonly [number, number] | undefined, digits = 3): string =>
  bounds ? `${cell(bounds[0], digits)} to ${cell(bounds[1], digits)}` : '–';

/** A metric as the head of a column, with its unit. */
export const heading = (metric: Metric): string =>
  `${metricInfo[metric].label}${metricInfo[metric].unit ? `, ${metricInfo[metric].unit}` : ''}`;

/** An outcome as a table shows it; `found` is said of lesions alone. */
export const outcomeText: Record<Outcome, string> = {
  both: 'both',
  missed: 'MISSED',
  invented: 'INVENTED',
  neither: 'empty',
};

/** Columns of text: the first `words` columns (1) to the left, the others to the right. */
export function numberTable(texts: readonly (readonly string[])[], words = 1): string {
  const rows = texts.map((row) => row.map(cleanText));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => (column < words ? text.padEnd(widths[column]) : text.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
