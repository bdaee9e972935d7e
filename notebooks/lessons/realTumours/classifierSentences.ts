/** What the notebook and the command say of the classifiers. */
import { type Table, toTable } from 'axunet/figures/table';
import { formatP } from 'axunet/statistics/formatP';
import { type ClassifierArm, type ClassifierRecord, readClassifiers } from './classifierRecord.ts';
import { realTumoursName } from './record.ts';

const two = (value: number): string => value.toFixed(2);

/** `0.85 [0.79, 0.90]` */
const aucText = ({ auc, interval }: Pick<ClassifierArm, 'auc' | 'interval'>): string =>
  `${two(auc)} [${interval.map(two).join(', ')}]`;

/** All arms as a table. */
export function armTable({ arms }: ClassifierRecord): Table {
  return toTable(
    arms.map((arm) => ({
      'what is read': arm.label,
      by: arm.learner,
      columns: arm.columns,
      patients: `${arm.ill} + ${arm.well}`,
      'AUC [95 %]': aucText(arm),
      'other splits': arm.otherSplits.map(two).join(' to '),
      p: arm.permuted ? formatP(arm.permuted.p) : '',
    })),
  );
}

/** The record, and one line that says what it was made of or how to make it. */
export async function loadClassifiers(): Promise<ClassifierRecord | undefined> {
  const record = await readClassifiers();
  console.log(
    record
      ? `${record.source}\nmade by \`${record.command}\``
      : `not recorded; \`npm run study -- ${realTumoursName}\` makes it`,
  );
  return record;
}

/** What a classifier finds, and what of that could be the tumour. Arms with too few patients are not recorded. */
export function describeClassifiers({ arms, differences }: ClassifierRecord): string[] {
  const say = (name: string): string => {
    const arm = arms.find((one) => one.name === name);
    return arm ? aucText(arm) : 'too few patients';
  };
  const more = differences.find(({ first, second }) => first === 'scan-and-box' && second === 'scan')!;
  const sign = more.difference < 0 ? '−' : '+';
  return [
    `AUC [95 %]: number of the slice alone ${say('slice')}, width and height of the box ${say('size')}, ` +
      `features of the box ${say('box')}`,
    `features added to what is known of the scan: ${sign}${Math.abs(more.difference).toFixed(3)} ` +
      `[${more.interval.map((v) => v.toFixed(3)).join(', ')}]; in pairs of equal box and noise: ${say('matched-box')}`,
    `no tumour in the question, the same features: MSD noisy against quiet ${say('MSD-noise')}, ` +
      `NIH noisy against quiet ${say('NIH-noise')}`,
  ];
}
