/** The curves of time-to-dice.ts: DSC of the unseen patients over wall time, both programs, fold by fold. */
import type { Data, Figure } from '../lib/figures/figure.ts';
import { axis, emptyFigure, legendBelow, makeFigure, palette } from '../lib/figures/theme.ts';
import type { DiceRecord, DiceRun, FoldRecord, NnunetRun } from './time-to-dice-record.ts';

const title = 'DSC of unseen patients over wall time';

/** Tell the folds apart. */
const dashes = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];

/** A point for each snapshot. */
function curve(run: DiceRun, fold: number, color: string): Data {
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: `${run.name}, fold ${fold}`,
    x: run.points.map(({ seconds }) => seconds),
    y: run.points.map(({ dice }) => dice),
    line: { color, width: 2, dash: dashes[fold % dashes.length]! },
    marker: { size: 4 },
  } as Data;
}

const star = (run: NnunetRun, isShown: boolean): Data =>
  ({
    type: 'scatter',
    mode: 'markers',
    name: `${run.name}, ${run.patchSize.join(' × ')}, batch ${run.batchSize}`,
    showlegend: isShown,
    x: [run.seconds],
    y: [run.dice],
    cliponaxis: false,
    marker: { symbol: 'star', size: 12, color: palette.green },
  }) as Data;

function foldTraces({ fold, ours, peer, nnunet = [] }: FoldRecord, isFirst: boolean): Data[] {
  return [
    ...(ours ? [curve(ours, fold, palette.blue)] : []),
    ...(peer ? [curve(peer, fold, palette.vermillion)] : []),
    ...nnunet.map((one) => star(one, isFirst)),
  ];
}

/** One line a program and fold; dashes tell the folds apart. A record without folds gives an empty figure. */
export function diceCurves({ folds }: Pick<DiceRecord, 'folds'>): Figure {
  const traces = folds.flatMap((fold, i) => foldTraces(fold, i === 0));
  if (traces.length === 0) return emptyFigure(title, 'Nothing has been measured yet.');
  return makeFigure(traces, {
    title,
    width: 820,
    height: 460,
    margin: { b: 92 },
    legend: legendBelow,
    xaxis: axis({ title: 'Wall time, validation left out', unit: 's', rangemode: 'tozero' }),
    yaxis: axis({ title: 'Mean DSC over patients (0 to 1)', unit: 'none', range: [0, 1] }),
  });
}
