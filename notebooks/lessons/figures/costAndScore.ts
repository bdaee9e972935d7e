import type { Data, Figure } from 'axunet/figures/figure';
import { axis, emptyFigure, makeFigure, seriesColours, sizes } from 'axunet/figures/theme';

export interface CostedArm {
  readonly label: string;
  readonly gmac: number;
  readonly parameters: number;
  readonly seeds: readonly { readonly mean: number }[];
  readonly mean: number;
}

/**
 * DSC against multiplications: small points are seeds, large ones means with an area that follows the number of
 * parameters. No arm gives an empty figure.
 */
export function costAndScore(arms: readonly CostedArm[], options: { title?: string } = {}): Figure {
  const title = options.title ?? `Multiply-adds and DSC of ${arms.length} networks after equal training`;
  const scored = arms.filter(({ seeds }) => seeds.length);
  if (scored.length === 0) return emptyFigure(title, 'No run of this study is recorded.');
  const most = Math.max(...arms.map(({ parameters }) => parameters));
  const data = scored.flatMap(({ label, gmac, parameters, seeds, mean }): Data[] => {
    const colour = seriesColours[arms.findIndex((arm) => arm.label === label) % seriesColours.length]!;
    return [
      {
        type: 'scatter',
        mode: 'markers',
        showlegend: false,
        hoverinfo: 'y',
        x: seeds.map(() => gmac),
        y: seeds.map((s) => s.mean),
        marker: { size: 6, color: colour },
      } as Data,
      {
        type: 'scatter',
        mode: 'markers',
        name: `${label}: ${(parameters / 1e6).toFixed(1)} M`,
        x: [gmac],
        y: [mean],
        hoverinfo: 'name',
        marker: {
          size: 34 * Math.sqrt(parameters / most),
          color: colour,
          opacity: 0.35,
          line: { color: colour, width: 2 },
        },
      } as Data,
    ];
  });
  return makeFigure(data, {
    title,
    subtitle: 'small point: one seed; circle: mean of the seeds, its area the number of parameters (M: million)',
    width: 860,
    height: 460,
    xaxis: axis({
      title: 'Multiply-adds for a slice of 512 × 512 at width 64',
      unit: '10⁹',
      rangemode: 'tozero',
    }),
    yaxis: axis({ title: 'Mean DSC of the test patients (0 to 1)', unit: 'none' }),
    legend: {
      ...{ x: 1.02, y: 1, itemsizing: 'constant', font: { size: sizes.small + 1 } },
      title: { text: 'Network: parameters', font: { size: sizes.small + 1 } },
    },
    margin: { r: 20 },
  });
}
