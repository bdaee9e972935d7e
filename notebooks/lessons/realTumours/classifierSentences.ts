/** What the notebook and the command say of the classifiers. */
import { type Table, toTable } from 'axunet/figures/table';
import { formatP } from 'axunet/statistics/formatP';
import type { ClassifierArm, ClassifierRecord } from './classifierRecord.ts';
import { readClassifiers } from './classifierRecord.ts';
import { realTumoursName } from './record.ts';

/** An arm of the record. Throws for a name that it has not. */
export function armNamed({ arms }: ClassifierRecord, name: string): ClassifierArm {
  const arm = arms.find((one) => one.name === name);
  if (!arm) throw new Error(`the record has no arm ${name}`);
  return arm;
}

const two = (value: number): string => value.toFixed(2);

/** `0.85 [0.79, 0.90]` */
export const aucText = ({ auc, interval }: Pick<ClassifierArm, 'auc' | 'interval'>): string =>
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

/** What a classifier finds, and what of that could be the tumour. */
export function describeClassifiers(record: ClassifierRecord): string[] {
  const say = (name: string): string => aucText(armNamed(record, name));
  const more = record.differences.find(({ first, second }) => first === 'scan-and-box' && second === 'scan');
  return [
    `AUC with DeLong's interval. Slice number alone ${say('slice')}; width and height of the box ${say('size')}; ` +
      `features of the box ${say('box')}`,
    `features of the box added to the scan: ${more!.difference >= 0 ? '+' : '−'}${Math.abs(more!.difference).toFixed(3)} ` +
      `[${more!.interval.map((v) => v.toFixed(3)).join(', ')}]; in pairs of equal box and noise: ${say('matched-box')}`,
    `no tumour in the question, the same features: MSD noisy against quiet ${say('MSD-noise')}, ` +
      `NIH noisy against quiet ${say('NIH-noise')}`,
  ];
}
