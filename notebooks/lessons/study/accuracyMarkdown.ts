/** The tables of docs/accuracy.md, made from what the study recorded. */
import { formatP } from 'axunet/statistics/formatP';
import { type AccuracyRow, accuracyRows, type Estimate, ensembleWays, sizeRows, type Way } from './accuracySummary.ts';
import { chosenEnsemble, type EnsembleRecord, readEnsembles } from './ensembles.ts';
import { accuracyName, findStudy } from './plan.ts';
import { recordedWays } from './realSlices.ts';
import { readStudyRecord } from './record.ts';
import { readUnseen, reliability, type UnseenRecord } from './unseen.ts';

const number = (value: number): string => value.toFixed(3);
const range = ({ mean, interval }: Estimate): string => `${number(mean)} (${interval.map(number).join(' to ')})`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function differenceOf({ comparison }: AccuracyRow): string {
  if (!comparison) return '–';
  const { meanDifference, interval = [Number.NaN, Number.NaN], pHolm } = comparison;
  const signed = `${meanDifference > 0 ? '+' : ''}${number(meanDifference)}`;
  return `${signed} (${interval.map(number).join(' to ')}), ${formatP(pHolm, 'sentence')}`;
}

const waysTable = (ways: readonly Way[]): string =>
  table(
    ['way', 'repetitions', 'DSC by slice', 'by patient', 'by patient, slices averaged', 'difference by patient, p'],
    accuracyRows(ways).map((row) => [
      row.label,
      `${row.repetitions}`,
      range(row.bySlice),
      range(row.byPatient),
      number(row.byPatientOfSlices),
      differenceOf(row),
    ]),
  );

const sizesTable = (way: Way): string =>
  table(
    ['pixels of the section', 'slices', 'mean DSC', 'nothing found in'],
    sizeRows(way).map(({ from, below, slices, dice, missed }) => [
      below === Number.POSITIVE_INFINITY ? `${from} and more` : `${from} to ${below - 1}`,
      `${slices}`,
      slices > 0 ? number(dice) : '–',
      `${missed}`,
    ]),
  );

/** The chosen ensemble at every threshold. */
const thresholdsTable = (ensembles: EnsembleRecord): string =>
  table(
    ['threshold', 'DSC by slice', 'DSC by patient'],
    ensembles.thresholds.map((threshold) => {
      const way = ensembleWays(ensembles, threshold).find(({ name }) => name === chosenEnsemble.name)!;
      const [row] = accuracyRows([way]);
      return [`${threshold}`, range(row!.bySlice), range(row!.byPatient)];
    }),
  );

const worstTable = ({ worst, slices }: UnseenRecord): string =>
  table(
    ['slice', 'pixels of the label', 'DSC', 'DSC that the probabilities promised'],
    worst.map(({ id, dice }) => {
      const [, pixels, , promised] = slices.find(([one]) => one === id)!;
      return [id, `${pixels}`, number(dice), number(promised)];
    }),
  );

/** The generated part of docs/accuracy.md; a sentence where nothing is recorded. */
export async function accuracyMarkdown(): Promise<string> {
  const [record, ensembles, unseen] = [await readStudyRecord(accuracyName), await readEnsembles(), await readUnseen()];
  const ways = recordedWays(record, ensembles);
  if (!record || ways.length === 0) return 'Nothing is recorded yet.\n';
  const plan = findStudy(accuracyName);
  const chosen = ways.find(({ name }) => name === chosenEnsemble.name) ?? ways[0]!;
  const parts = [
    `${record.runs.length} of ${plan.arms.length * plan.seeds.length} runs are recorded. ${record.source}.`,
    waysTable(ways),
    `### By size of the section\n\n${chosen.label}, threshold 0.5:\n\n${sizesTable(chosen)}`,
  ];
  if (ensembles) parts.push(`### Threshold\n\n${chosen.label}:\n\n${thresholdsTable(ensembles)}`);
  if (unseen) {
    const { ece } = reliability(unseen);
    parts.push(
      `### The ten worst slices\n\n${worstTable(unseen)}`,
      `### Calibration\n\nExpected calibration error over pixels of probability 0.01 and more: ${number(ece)}.`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}
