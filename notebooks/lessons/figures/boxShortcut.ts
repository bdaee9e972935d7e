import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette } from 'axunet/figures/theme';

/** Where intercept + width · w + height · h = 0. */
export interface Boundary {
  readonly intercept: number;
  readonly width: number;
  readonly height: number;
}

/** A patient's box: width and height in pixels, and whether there is a tumour. */
export type Box = readonly [width: number, height: number, ill: boolean];

/** The line of one half from one side of the plot to the other, where it does not stand upright. */
const heightAt = ({ intercept, width, height }: Boundary, w: number): number => -(intercept + width * w) / height;

/**
 * Every patient as a point at the size of the box, with the line at which a classifier that reads nothing but that size
 * changes its mind. No patients give an empty figure.
 */
export function boxShortcut(
  boxes: readonly Box[],
  boundary: Boundary,
  options: { title: string; groups: readonly [ill: string, well: string] },
): Figure {
  if (boxes.length === 0) return emptyFigure(options.title, 'No patient was measured.');
  const kind = (ill: boolean, name: string, marker: Record<string, unknown>): Data => {
    const own = boxes.filter(([, , is]) => is === ill);
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${name} (${own.length})`,
      x: own.map(([w]) => w),
      y: own.map(([, h]) => h),
      marker: { size: 8, ...marker },
    } as Data;
  };
  const widest = 1.05 * Math.max(...boxes.map(([w]) => w));
  const highest = 1.05 * Math.max(...boxes.map(([, h]) => h));
  const line = {
    type: 'scatter',
    mode: 'lines',
    name: 'half and half, by size alone',
    x: [0, widest],
    y: [heightAt(boundary, 0), heightAt(boundary, widest)],
    line: { color: colours.text, width: 2, dash: 'dash' },
  } as Data;
  const { vermillion, blue } = palette;
  return makeFigure(
    [
      kind(true, options.groups[0], { color: vermillion, symbol: 'circle', opacity: 0.7 }),
      kind(false, options.groups[1], { color: blue, symbol: 'diamond-open', line: { width: 2 } }),
      line,
    ],
    {
      title: options.title,
      width: 760,
      height: 560,
      margin: { b: 120 },
      legend: legendBelow,
      xaxis: axis({ title: 'Width of the box, pixels (median of the slices)', range: [0, widest] }),
      yaxis: axis({ title: 'Height of the box, pixels', range: [0, highest] }),
    },
  );
}
