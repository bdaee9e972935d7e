/** Values of several methods for the same patients, side by side. */
import { formatMeanSd, summarise } from '../statistics/summary.ts';
import type { Data, Figure } from './figure.ts';
import { spread } from './metricsByPatient.ts';
import { axis, colours, emptyFigure, legendBelow, makeFigure, seriesColours, sizes, withAlpha } from './theme.ts';

/** One column of a comparison. */
export interface ComparedValues {
  readonly name: string;
  /** By patient or case; those without a value are absent. */
  readonly values: Readonly<Record<string, number>>;
}

/** One grey line per patient through all methods that have it. */
function patientLines(
  methods: readonly ComparedValues[],
  patients: readonly string[],
  places: readonly number[],
): Data[] {
  return patients.map(
    (patient, i): Data => ({
      type: 'scatter',
      mode: 'lines',
      showlegend: false,
      hoverinfo: 'skip',
      name: patient,
      connectgaps: false,
      x: methods.map((_, m) => m + places[i]!),
      y: methods.map((method) => method.values[patient] ?? null),
      line: { color: withAlpha(colours.quiet, 0.35), width: 1 },
    }),
  );
}

/** The points of one method, and a bar at their mean. */
function methodTraces(
  { name, values }: ComparedValues,
  m: number,
  patients: readonly string[],
  places: readonly number[],
): Data[] {
  const colour = seriesColours[m % seriesColours.length]!;
  const own = patients
    .map((patient, i) => ({ patient, x: m + places[i]!, y: values[patient] }))
    .filter((p) => p.y !== undefined);
  const { mean } = summarise(own.map((p) => p.y!));
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name,
      showlegend: false,
      x: own.map((p) => p.x),
      y: own.map((p) => p.y!),
      text: own.map((p) => p.patient),
      hoverinfo: 'text+y',
      marker: { size: 8, color: withAlpha(colour, 0.7) },
    } as Data,
    {
      type: 'scatter',
      mode: 'lines',
      name: `${name}: mean`,
      showlegend: false,
      hoverinfo: 'skip',
      x: [m - 0.27, m + 0.27],
      y: [mean, mean],
      line: { color: colour, width: 3 },
    } as Data,
  ];
}

/** What lines and bars mean, for the legend alone. */
const key: Data[] = [
  { name: 'one patient', line: { color: withAlpha(colours.quiet, 0.5), width: 1 } },
  { name: 'mean', line: { color: colours.text, width: 3 } },
].map((look) => ({ type: 'scatter', mode: 'lines', x: [null], y: [null], ...look }) as Data);

/**
 * Values of several methods for the same patients or cases: points, lines that join those of one, bars at the means.
 */
export function comparisonFigure(
  methods: readonly ComparedValues[],
  title: string,
  yaxis: Record<string, unknown>,
): Figure {
  const patients = [...new Set(methods.flatMap((m) => Object.keys(m.values)))];
  if (patients.length === 0) return emptyFigure(title, 'No patient has been scored.');
  const places = spread(patients.length, 0.3);
  const points = methods.flatMap((method, m) => methodTraces(method, m, patients, places));
  return makeFigure([...patientLines(methods, patients, places), ...points, ...key], {
    title,
    width: Math.max(520, 120 + 210 * methods.length),
    height: 460,
    margin: { b: 100 },
    legend: legendBelow,
    xaxis: axis({
      tickvals: methods.map((_, m) => m),
      ticktext: methods.map((m) => `${m.name}<br>${formatMeanSd(summarise(Object.values(m.values)))}`),
      range: [-0.5, methods.length - 0.5],
      gridcolor: 'white',
      tickfont: { size: sizes.font - 1 },
    }),
    yaxis,
  });
}
