/** What pipeline.ipynb shows of the study of accuracy: real slices of patients that no network had seen. */
import type { Figure } from 'axunet/figures/figure';
import { predictionOverlays } from 'axunet/figures/predictionOverlays';
import { spearman } from 'axunet/statistics/correlation';
import type { DoubtPoint } from '../figures/doubtScatter.ts';
import { forestPlot } from '../figures/forestPlot.ts';
import type { FigureSource } from '../session.ts';
import { accuracyRows, armWays, ensembleWays, type Way } from './accuracySummary.ts';
import { type EnsembleRecord, ensemblesFile, readEnsembles } from './ensembles.ts';
import { accuracyName, findStudy } from './plan.ts';
import { readStudyRecord, recordFile, type StudyRecord } from './record.ts';
import { picturedCases, readUnseen, type UnseenRecord, unseenFile } from './unseen.ts';

/** All ways of segmenting the slices that are recorded: arms first, then ensembles. */
export function recordedWays(record: StudyRecord | undefined, ensembles: EnsembleRecord | undefined): Way[] {
  const { folds } = findStudy(accuracyName);
  return [...(record ? armWays(record, folds!) : []), ...(ensembles ? ensembleWays(ensembles) : [])];
}

export interface RealSlices {
  readonly ways: readonly Way[];
  readonly unseen: UnseenRecord;
  readonly source: FigureSource;
}

const nothing: UnseenRecord = {
  command: '',
  ensemble: '',
  threshold: 0.5,
  calibration: [],
  slices: [],
  worst: [],
  typical: [],
};

/** The record of the study; lists are empty where it was not made. */
export async function realSlices(): Promise<RealSlices> {
  const [record, ensembles, unseen] = [await readStudyRecord(accuracyName), await readEnsembles(), await readUnseen()];
  const source = {
    dataset: record?.source ?? 'none: nothing is recorded',
    parameters: { study: accuracyName },
    inputs: [...(record ? [recordFile(accuracyName)] : []), ...(unseen ? [unseenFile(), ensemblesFile()] : [])],
  };
  return { ways: recordedWays(record, ensembles), unseen: unseen ?? nothing, source };
}

/** DSC by patient and by slice of all ways, with intervals over patients. */
export function waysFigure(ways: readonly Way[]): Figure {
  const rows = accuracyRows(ways).flatMap(({ label, bySlice, byPatient }) => [
    { name: label, kind: 'by patient', estimate: byPatient.mean, interval: byPatient.interval },
    { name: label, kind: 'by slice', estimate: bySlice.mean, interval: bySlice.interval },
  ]);
  return forestPlot(rows, {
    title: 'DSC of 43 real patients, each unseen, by way of training and predicting',
    subtitle: 'mean and 95 % interval over patients; dotted: the recipe, by patient',
    x: 'Mean DSC (0 to 1)',
    unit: 'none',
    nothingAt: rows[0]?.estimate ?? 0,
  });
}

/** The slices with the lowest DSC, with what was found and what was missed. */
export const worstFigure = ({ worst }: UnseenRecord): Figure =>
  predictionOverlays(picturedCases(worst), { title: 'Ten of 199 real slices with the lowest DSC', columns: 5 });

/** What each slice was promised and reached. */
export const doubts = ({ slices }: UnseenRecord): DoubtPoint[] =>
  slices.map(([name, pixels, reached, promised]) => ({ name, pixels, reached, promised }));

/** `promised and reached DSC correlate with ρ = 0.71 over 199 slices; ...` */
export function describeDoubts(points: readonly DoubtPoint[]): string {
  if (points.length < 3) return 'nothing is recorded';
  const [promised, reached] = [points.map((p) => p.promised), points.map((p) => p.reached)];
  const doubted = points.filter((p) => p.promised < 0.8);
  const poor = points.filter((p) => p.reached < 0.5);
  const caught = poor.filter((p) => p.promised < 0.8).length;
  return (
    `promised and reached DSC: Spearman ρ ${spearman(promised, reached).r.toFixed(2)} over ${points.length} slices; ` +
    `${doubted.length} slices are promised less than 0.8, ` +
    `among them ${caught} of the ${poor.length} that reach less than 0.5`
  );
}
