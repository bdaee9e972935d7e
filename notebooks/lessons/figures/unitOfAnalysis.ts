import type { Data, Figure } from 'axunet/figures/figure';
import { spread } from 'axunet/figures/metricsByPatient';
import { axis, colours, emptyFigure, legendBelow, makeFigure, palette, sizes, withAlpha } from 'axunet/figures/theme';
import { mean } from 'simple-statistics';
import type { ClusteredValues, SimulatedRate, UnitRates } from '../radiomics/unitRates.ts';
import { panelHeading } from './facets.ts';

export interface UnitExample {
  /** Slices by patient of two groups that differ in nothing. */
  readonly first: ClusteredValues;
  readonly second: ClusteredValues;
  /** p of the same test with slices and with patients as units. */
  readonly p: { readonly slices: number; readonly patients: number };
}

/** A column of points per patient, the patients of a group side by side. */
function groupTrace(group: ClusteredValues, at: number, colour: string, perPatient: boolean, axes: string): Data {
  const places = spread(group.length, 0.7);
  const points = group.flatMap((own, i) =>
    (perPatient ? [mean([...own])] : own).map((value) => ({ x: at + places[i]!, value })),
  );
  return {
    type: 'scatter',
    mode: 'markers',
    x: points.map((p) => p.x),
    y: points.map((p) => p.value),
    xaxis: `x${axes}`,
    yaxis: `y${axes}`,
    showlegend: false,
    hoverinfo: 'y',
    marker: { size: perPatient ? 9 : 4.5, color: withAlpha(colour, perPatient ? 0.85 : 0.45) },
  } as Data;
}

const units = [
  ['slices', 'each slice a unit', palette.vermillion],
  ['patients', 'each patient a unit', palette.blue],
] as const;

/** Simulated shares of false findings by slices per patient, for both ways, and the real slices as a diamond. */
function rateTraces(simulated: readonly SimulatedRate[], real: UnitRates & { slicesPerPatient: number }): Data[] {
  return units.flatMap(([key, name, colour]) => [
    {
      type: 'scatter',
      mode: 'lines+markers',
      name: `${name} (simulated)`,
      x: simulated.map((s) => s.slicesPerPatient),
      y: simulated.map((s) => 100 * s[key]),
      xaxis: 'x3',
      yaxis: 'y3',
      line: { color: colour, width: 2 },
      marker: { size: 6, color: colour },
    } as Data,
    {
      type: 'scatter',
      mode: 'markers',
      name: `${name} (these slices)`,
      x: [real.slicesPerPatient],
      y: [100 * real[key]],
      xaxis: 'x3',
      yaxis: 'y3',
      marker: { symbol: 'diamond', size: 13, color: colour, line: { color: 'black', width: 1 } },
      error_y: {
        type: 'data',
        array: [196 * Math.sqrt((real[key] * (1 - real[key])) / real.runs)],
        color: colour,
        thickness: 1.5,
      },
    } as Data,
  ]);
}

/**
 * The same test with slices and with patients as units, side by side: an example of two groups that differ
 * in nothing, and how often p ≤ 0.05 comes out, simulated and with real slices split at random. Groups
 * without patients give an empty figure.
 */
export function unitOfAnalysis(
  example: UnitExample,
  simulated: readonly SimulatedRate[],
  real: UnitRates & { slicesPerPatient: number },
  options: { title: string; y: string; unit: string },
): Figure {
  if (example.first.length === 0 || example.second.length === 0)
    return emptyFigure(options.title, 'There are no patients to compare.');
  const groups = (perPatient: boolean, axes: string): Data[] => [
    groupTrace(example.first, 0, palette.blue, perPatient, axes),
    groupTrace(example.second, 1, palette.green, perPatient, axes),
  ];
  const names = axis({ tickvals: [0, 1], ticktext: ['half A', 'half B'], range: [-0.5, 1.5], gridcolor: 'white' });
  const level = {
    type: 'line',
    xref: 'x3',
    yref: 'y3',
    x0: 0,
    x1: 1.06 * Math.max(real.slicesPerPatient, ...simulated.map((s) => s.slicesPerPatient)),
    y0: 5,
    y1: 5,
    line: { color: colours.text, width: 1, dash: 'dot' },
  };
  const said = (text: string, x: number): Record<string, unknown> =>
    panelHeading(text, x, 1, { font: { size: sizes.font } });
  const p = (value: number): string => (value < 1e-3 ? value.toExponential(0) : value.toPrecision(2));
  return makeFigure([...groups(false, ''), ...groups(true, '2'), ...rateTraces(simulated, real)], {
    title: options.title,
    width: 960,
    height: 500,
    margin: { t: 90, b: 130, l: 66, r: 16 },
    legend: legendBelow,
    shapes: [level],
    annotations: [
      said(`<b>wrong: slices</b>, p = ${p(example.p.slices)}`, 0.13),
      said(`<b>right: patients</b>, p = ${p(example.p.patients)}`, 0.49),
      said('<b>false findings</b>', 0.86),
    ],
    xaxis: { ...names, domain: [0, 0.26] },
    xaxis2: { ...names, domain: [0.36, 0.62], anchor: 'y2' },
    xaxis3: axis({ title: 'Slices per patient', unit: 'number', domain: [0.72, 1], anchor: 'y3', rangemode: 'tozero' }),
    yaxis: axis({ title: options.y, unit: options.unit }),
    yaxis2: axis({ title: options.y, unit: options.unit, anchor: 'x2', matches: 'y' }),
    yaxis3: axis({ title: 'Splits with p ≤ 0.05', unit: '%', anchor: 'x3', range: [0, 100] }),
  });
}
