import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, legendBelow, makeFigure, palette } from 'axunet/figures/theme';

/** What the figure shows of a record. */
export interface GreyScaleCurve {
  /** [HU, middle grey, pixels] */
  readonly curve: readonly (readonly [number, number, number])[];
  readonly window: { readonly blackHu: number; readonly whiteHu: number };
}

/** Middle grey of real pictures by the HU of the same pixels, and the window that was fitted. */
export function greyScaleFigure({ curve, window }: GreyScaleCurve): Figure {
  const title = 'Grey of 8-bit pictures by CT number of the same pixels';
  if (curve.length === 0) return emptyFigure(title, 'No pixel is known in both.');
  const [first, last] = [curve[0]![0], curve.at(-1)![0]];
  const data: Data[] = [
    {
      type: 'scatter',
      mode: 'lines',
      name: `fitted: ${window.blackHu} to ${window.whiteHu} HU`,
      x: [first, window.blackHu, window.whiteHu, last],
      y: [0, 0, 255, 255],
      line: { color: palette.orange, width: 4 },
    } as Data,
    {
      type: 'scatter',
      mode: 'markers',
      name: 'middle grey of the pixels in 10 HU',
      x: curve.map(([hu]) => hu),
      y: curve.map(([, grey]) => grey),
      marker: { color: palette.blue, size: 6 },
    } as Data,
  ];
  return makeFigure(data, {
    title,
    width: 640,
    height: 420,
    legend: legendBelow,
    margin: { b: 100 },
    xaxis: axis({ title: 'CT number in the slices', unit: 'HU' }),
    yaxis: axis({ title: 'Grey in the pictures (0 to 255)', unit: 'none', range: [-8, 263] }),
  });
}
