import type { EpochRecord, HistoryRecord, StepRecord } from '../train/history.ts';
import type { Data, Figure } from './figure.ts';
import { axis, colours, emptyFigure, legendBelow, logAxis, makeFigure, sizes, withAlpha } from './theme.ts';

type Validated = EpochRecord & Required<Pick<EpochRecord, 'validation'>>;

/** The validated epoch with the highest mean DSC, the earliest of equals; undefined without validation. */
export function bestEpoch(records: readonly HistoryRecord[]): Validated | undefined {
  const validated = records.filter((r): r is Validated => r.kind === 'epoch' && r.validation !== undefined);
  return validated.reduce<Validated | undefined>(
    (best, r) => (best && best.validation.dice >= r.validation.dice ? best : r),
    undefined,
  );
}

/** Epochs as a decimal number, so that the steps of an epoch lie between it and the one before. */
function stepTrace(steps: readonly StepRecord[]): Data {
  const stepsOf = new Map<number, StepRecord[]>();
  for (const s of steps) stepsOf.set(s.epoch, [...(stepsOf.get(s.epoch) ?? []), s]);
  const points = [...stepsOf].flatMap(([epoch, own]) =>
    own.map((s, i) => ({ x: epoch - 1 + (i + 1) / own.length, y: s.loss })),
  );
  return {
    type: 'scatter',
    mode: 'lines',
    name: 'Training loss, each step',
    x: points.map((p) => p.x),
    y: points.map((p) => p.y),
    line: { color: withAlpha(colours.training, 0.3), width: 1 },
    hoverinfo: 'skip',
  } as Data;
}

function lossTraces(records: readonly HistoryRecord[]): Data[] {
  const steps = records.filter((r) => r.kind === 'step');
  const epochs = records.filter((r) => r.kind === 'epoch');
  const mean = {
    type: 'scatter',
    mode: 'lines+markers',
    name: 'Training loss, epoch mean',
    x: epochs.map((e) => e.epoch - 0.5),
    y: epochs.map((e) => e.loss),
    line: { color: colours.training, width: 2 },
    marker: { size: 5 },
  } as Data;
  return [...(steps.length > 0 ? [stepTrace(steps)] : []), mean];
}

function diceTraces(validated: readonly Validated[]): Data[] {
  const onRight = { xaxis: 'x2', yaxis: 'y2' };
  const patients = [...new Set(validated.flatMap((e) => e.validation.patients.map((p) => p.patient)))];
  const each = patients.map(
    (patient, i): Data => ({
      type: 'scatter',
      mode: 'lines',
      ...onRight,
      name: 'Each validation patient',
      legendgroup: 'patients',
      showlegend: i === 0,
      text: patient,
      hoverinfo: 'text+y',
      x: validated.map((e) => e.epoch),
      y: validated.map((e) => e.validation.patients.find((p) => p.patient === patient)?.dice ?? null),
      line: { color: withAlpha(colours.validation, 0.3), width: 1 },
    }),
  );
  const mean = {
    type: 'scatter',
    mode: 'lines+markers',
    ...onRight,
    name: 'Mean validation DSC',
    x: validated.map((e) => e.epoch),
    y: validated.map((e) => e.validation.dice),
    line: { color: colours.validation, width: 2 },
    marker: { size: 5 },
  } as Data;
  return [...each, mean];
}

/** A star and a sentence at the best epoch. */
function bestMark(best: Validated): { trace: Data; note: Record<string, unknown> } {
  const { epoch, validation } = best;
  return {
    trace: {
      type: 'scatter',
      mode: 'markers',
      xaxis: 'x2',
      yaxis: 'y2',
      name: 'Best',
      showlegend: false,
      x: [epoch],
      y: [validation.dice],
      marker: { symbol: 'star', size: 14, color: colours.validation, line: { color: 'white', width: 1 } },
    } as Data,
    note: {
      text: `best: ${validation.dice.toFixed(3)} in epoch ${epoch}`,
      xref: 'x2 domain',
      yref: 'y2 domain',
      x: 0.98,
      y: 0.03,
      xanchor: 'right',
      yanchor: 'bottom',
      showarrow: false,
      font: { size: sizes.small + 1, color: colours.validation },
      bgcolor: 'rgba(255,255,255,0.8)',
    },
  };
}

/** The right-hand panel: traces, axes and texts of the validation. */
function validationPanel(validated: readonly Validated[], best: Validated, range: [number, number]) {
  const { trace, note } = bestMark(best);
  return {
    traces: [...diceTraces(validated), trace],
    layout: {
      xaxis2: axis({ title: 'Epoch', unit: 'none', domain: [0.56, 1], range, anchor: 'y2' }),
      yaxis2: axis({ title: 'DSC (0 to 1)', unit: 'none', range: [0, 1], anchor: 'x2' }),
      annotations: [note],
    },
  };
}

/**
 * Training loss (each step, and the mean of each epoch in its middle) beside the validation DSC at the end of each
 * epoch (each patient, their mean, the best starred); the loss alone where nothing was validated. A history without
 * records gives an empty figure.
 */
export function trainingCurves(
  records: readonly HistoryRecord[],
  options: { title?: string; lossName?: string } = {},
): Figure {
  const best = bestEpoch(records);
  const title =
    options.title ??
    (best ? 'Training loss and DSC of validation patients, epoch by epoch' : 'Training loss, epoch by epoch');
  if (records.length === 0) return emptyFigure(title, 'Nothing has been trained yet.');
  const range: [number, number] = [0, Math.max(...records.map((r) => r.epoch)) + 0.5];
  const validated = records.filter((r): r is Validated => r.kind === 'epoch' && r.validation !== undefined);
  const right = best && validationPanel(validated, best, range);
  const losses = records.map((r) => r.loss);
  return makeFigure([...lossTraces(records), ...(right?.traces ?? [])], {
    title,
    width: 900,
    height: 400,
    margin: { b: 92 },
    legend: legendBelow,
    xaxis: axis({ title: 'Epoch', unit: 'none', domain: right ? [0, 0.44] : [0, 1], range }),
    yaxis: logAxis(losses, { title: options.lossName ?? 'Loss, logarithmic', unit: 'none' }),
    ...right?.layout,
  });
}
