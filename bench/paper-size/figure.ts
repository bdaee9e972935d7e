/** The figure of paper-size: memory of all processes over the time of the whole run, stage by stage. */
import type { Data, Figure } from '../../lib/figures/figure.ts';
import { axis, legendBelow, makeFigure, seriesColours } from '../../lib/figures/theme.ts';
import { type PaperSizeRecord, total } from './record.ts';

/** A step for each part of a stage's time. */
export function memoryOverTime({
  stages,
  volumes,
  slices,
}: Pick<PaperSizeRecord, 'stages' | 'volumes' | 'slices'>): Figure {
  const traces = stages.map(({ name, seconds, mbOverTime }, i): Data => {
    const began = total(stages.slice(0, i));
    const part = seconds / mbOverTime.length;
    return {
      type: 'scatter',
      mode: 'lines',
      name,
      x: mbOverTime.flatMap((_, k) => [k, k + 1].map((edge) => (began + edge * part) / 60)),
      y: mbOverTime.flatMap((mb) => [mb / 1024, mb / 1024]),
      line: { color: seriesColours[i]!, width: 2 },
    } as Data;
  });
  return makeFigure(traces, {
    title: `Memory of every stage: ${volumes} volumes, ${slices.toLocaleString('en-GB')} slices together`,
    width: 820,
    height: 420,
    margin: { b: 92 },
    legend: legendBelow,
    xaxis: axis({ title: 'Time since the first stage began', unit: 'min', rangemode: 'tozero' }),
    yaxis: axis({ title: 'Resident memory of all processes', unit: 'GiB', rangemode: 'tozero' }),
  });
}
