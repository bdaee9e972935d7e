import type { OverlapMetric, PatientOverlap } from '../evaluate/overlap.ts';
import { summarise } from '../statistics/summary.ts';
import type { Data, Figure } from './figure.ts';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette, shareRange, sizes, withAlpha } from './theme.ts';

const shown: readonly (readonly [OverlapMetric, string])[] = [
  ['dice', 'DSC'],
  ['jaccard', 'Jaccard'],
  ['precision', 'Precision'],
  ['recall', 'Recall'],
];

/**
 * Places n points side by side within ±width/2, in the order given: the same picture every time, unlike random jitter.
 */
export const spread = (n: number, width: number): number[] =>
  Array.from({ length: n }, (_, i) => (n === 1 ? 0 : (i / (n - 1) - 0.5) * width));

interface Scope {
  name: string;
  colour: string;
  offset: number;
  patients: readonly PatientOverlap[];
}

/** The lowest of the points and of the ends of the bars. */
const lowestOf = ({ patients }: Scope): number[] =>
  shown.flatMap(([metric]) => {
    const scores = patients.map((p) => p.scores[metric]);
    const { mean, sd } = summarise(scores);
    return [...scores, mean - (Number.isNaN(sd) ? 0 : sd)];
  });

/** The points of one scope, its mean ± SD beside them and their text above. */
function scopeTraces({ name, colour, offset, patients }: Scope): { data: Data[]; notes: Record<string, unknown>[] } {
  const places = spread(patients.length, 0.2);
  const summaries = shown.map(([metric]) => summarise(patients.map((p) => p.scores[metric])));
  const points = {
    type: 'scatter',
    mode: 'markers',
    name,
    legendgroup: name,
    hoverinfo: 'text',
    x: shown.flatMap((_, m) => places.map((dx) => m + offset + dx)),
    y: shown.flatMap(([metric]) => patients.map((p) => p.scores[metric])),
    text: shown.flatMap(([metric, label]) =>
      patients.map((p) => `${p.patient}: ${label} ${p.scores[metric].toFixed(3)}`),
    ),
    marker: { size: 7, color: withAlpha(colour, 0.55) },
  } as Data;
  const means = {
    type: 'scatter',
    mode: 'markers',
    name: `${name}: mean ± SD`,
    legendgroup: name,
    hoverinfo: 'skip',
    x: shown.map((_, m) => m + offset + 0.18),
    y: summaries.map((s) => s.mean),
    error_y: {
      type: 'data',
      array: summaries.map((s) => (Number.isNaN(s.sd) ? 0 : s.sd)),
      color: colour,
      thickness: 2,
      width: 5,
    },
    marker: { symbol: 'diamond', size: 10, color: colour },
  } as Data;
  const notes = summaries.map((s, m) => ({
    text: `${s.mean.toFixed(3)}${Number.isNaN(s.sd) ? '' : `<br>±${s.sd.toFixed(3)}`}`,
    x: m + offset + 0.02,
    y: 1,
    yanchor: 'bottom',
    yshift: 6,
    showarrow: false,
    font: { size: sizes.small, color: colour },
  }));
  return { data: [points, means], notes };
}

/**
 * DSC, Jaccard, precision and recall of each patient, with mean ± SD over patients: pooled over the whole volume, and
 * over the slices with pancreas only (the paper's choice, which hides false alarms elsewhere). A side without patients
 * is left out; none on both sides gives an empty figure.
 */
export function metricsByPatient(
  scores: { readonly volume: readonly PatientOverlap[]; readonly pancreas: readonly PatientOverlap[] },
  options: { title?: string } = {},
): Figure {
  const n = Math.max(scores.volume.length, scores.pancreas.length);
  const title = options.title ?? `Overlap of prediction and label in ${n} ${n === 1 ? 'patient' : 'patients'}`;
  if (n === 0) return emptyFigure(title, 'No patient has been scored.');
  const scopes: Scope[] = [
    { name: 'Whole volume', colour: palette.blue, offset: -0.21, patients: scores.volume },
    { name: 'Slices with pancreas', colour: palette.vermillion, offset: 0.21, patients: scores.pancreas },
  ].filter((scope) => scope.patients.length > 0);
  const parts = scopes.map((scope) => scopeTraces(scopes.length > 1 ? scope : { ...scope, offset: 0 }));
  const traces = parts.flatMap((p) => p.data);
  const [low] = shareRange(scopes.flatMap(lowestOf));
  return makeFigure(traces, {
    title,
    width: 820,
    height: 460,
    margin: { b: 84 },
    legend: legendBelow,
    annotations: parts.flatMap((p) => p.notes),
    xaxis: axis({
      tickvals: shown.map((_, m) => m),
      ticktext: shown.map(([, label]) => label),
      range: [-0.5, shown.length - 0.5],
      gridcolor: 'white',
    }),
    yaxis: axis({
      title: 'Score of a patient (0 to 1)',
      unit: 'none',
      range: [low, 1 + 0.16 * (1 - low)],
      tickvals: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].filter((tick) => tick >= low),
      linecolor: colours.quiet,
    }),
  });
}
