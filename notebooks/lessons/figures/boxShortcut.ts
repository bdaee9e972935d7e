import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette } from 'axunet/figures/theme';

/** Where intercept + width · w + height · h = 0. */
export interface Boundary {
  readonly intercept: number;
  readonly width: number;
  readonly height: number;
}

/** How many patients with or without a tumour have boxes of about this size, in pixels. */
export type BoxCell = readonly [width: number, height: number, ill: boolean, patients: number];

/** The line of one half from one side of the plot to the other, where it does not stand upright. */
const heightAt = ({ intercept, width, height }: Boundary, w: number): number => -(intercept + width * w) / height;

/** Area of a patient's share of a bubble, in pixels. */
const bubbleArea = 40;

/**
 * Bubbles at the sizes of boxes, their areas the numbers of patients, with the line at which a classifier that reads
 * nothing but that size changes its mind. No patients give an empty figure.
 */
export function boxShortcut(
  cells: readonly BoxCell[],
  boundary: Boundary,
  options: { title: string; groups: readonly [ill: string, well: string] },
): Figure {
  if (cells.length === 0) return emptyFigure(options.title, 'No patient was measured.');
  const kind = (ill: boolean, name: string, marker: Record<string, unknown>): Data => {
    const own = cells.filter(([, , is]) => is === ill);
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${name} (${own.reduce((sum, [, , , count]) => sum + count, 0)} patients)`,
      x: own.map(([w]) => w),
      y: own.map(([, h]) => h),
      marker: { size: own.map(([, , , count]) => 2 * Math.sqrt((bubbleArea * count) / Math.PI)), ...marker },
    } as Data;
  };
  const widest = 15 + Math.max(...cells.map(([w]) => w));
  const highest = 15 + Math.max(...cells.map(([, h]) => h));
  const line = {
    type: 'scatter',
    mode: 'lines',
    name: 'as probable as in all, by size alone',
    x: [0, widest],
    y: [heightAt(boundary, 0), heightAt(boundary, widest)],
    line: { color: colours.text, width: 2, dash: 'dash' },
  } as Data;
  const { vermillion, blue } = palette;
  return makeFigure(
    [
      kind(true, options.groups[0], { color: vermillion, symbol: 'circle', opacity: 0.6 }),
      kind(false, options.groups[1], { color: blue, symbol: 'diamond-open', line: { width: 2 } }),
      line,
    ],
    {
      title: options.title,
      subtitle: 'area of a mark: patients with a box of about this size, by the median of their slices',
      width: 760,
      height: 560,
      margin: { b: 120 },
      legend: { ...legendBelow, itemsizing: 'constant' },
      xaxis: axis({ title: 'Width of the box, in steps of 15', unit: 'pixels', range: [0, widest] }),
      yaxis: axis({ title: 'Height of the box, in steps of 10', unit: 'pixels', range: [0, highest] }),
    },
  );
}
