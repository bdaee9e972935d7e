import type { Data, Figure } from 'axunet/figures/figure';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette, withAlpha } from 'axunet/figures/theme';

/** One slice: the DSC that the network's probabilities promise, and the one that it reached. */
export interface DoubtPoint {
  readonly name: string;
  readonly promised: number;
  readonly reached: number;
  /** Pixels of its label. */
  readonly pixels: number;
}

/** Sections of fewer pixels are marked. */
const small = 700;

/** Does a network know where it is wrong? A point for each slice; no slice gives an empty figure. */
export function doubtScatter(points: readonly DoubtPoint[], { title }: { title: string }): Figure {
  if (points.length === 0) return emptyFigure(title, 'Nothing is recorded.');
  const groups = [
    { name: `sections of ${small} pixels and more`, own: points.filter(({ pixels }) => pixels >= small) },
    { name: `smaller sections`, own: points.filter(({ pixels }) => pixels < small) },
  ];
  const data = groups.map(
    ({ name, own }, i) =>
      ({
        type: 'scatter',
        mode: 'markers',
        name: `${name} (${own.length})`,
        x: own.map(({ promised }) => promised),
        y: own.map(({ reached }) => reached),
        text: own.map((one) => `${one.name}, ${one.pixels} pixels`),
        hoverinfo: 'text+x+y',
        marker: {
          size: 8,
          symbol: i === 0 ? 'circle' : 'diamond',
          color: withAlpha(i === 0 ? palette.blue : palette.vermillion, 0.7),
        },
      }) as unknown as Data,
  );
  const diagonal = {
    type: 'scatter',
    mode: 'lines',
    name: 'as promised',
    x: [0, 1],
    y: [0, 1],
    line: { color: colours.quiet, dash: 'dot', width: 1 },
  } as Data;
  return makeFigure([...data, diagonal], {
    title,
    subtitle: 'each point: one slice',
    width: 720,
    height: 560,
    legend: legendBelow,
    margin: { b: 100 },
    xaxis: axis({ title: 'DSC that the probabilities promise (0 to 1)', unit: 'none', range: [-0.02, 1.02] }),
    yaxis: axis({ title: 'DSC that was reached (0 to 1)', unit: 'none', range: [-0.02, 1.02] }),
  });
}
