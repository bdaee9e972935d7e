import { expected, UserError } from '../../errors.ts';
import { formatCsv } from '../../io/csv.ts';
import { startProgress } from '../../progress.ts';
import { extractCohort } from '../../radiomics/cohort.ts';
import { featureOf } from '../../radiomics/names.ts';
import { makeRecord, type RadiomicsRecord } from '../../radiomics/record.ts';
import {
  type RadiomicsChanges,
  type RadiomicsSettings,
  radiomicsSettings,
  readRadiomicsSettings,
} from '../../radiomics/settings.ts';
import { readCohort } from '../../radiomics/table.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/radiomics.ts';
import { shardOf } from '../options/shard.ts';

type Values = Call<typeof options>['values'];

function changesOf({ set, label }: Values): RadiomicsChanges {
  const changes: Record<string, unknown> = {};
  for (const assignment of set) {
    const [, key, text] = /^(\w+)=(.*)$/.exec(assignment) ?? [];
    if (key === undefined) throw expected('an assignment such as binWidth=10', `"${assignment}"`);
    try {
      changes[key] = JSON.parse(text!);
    } catch {
      changes[key] = text; // a plain word such as ibsi
    }
  }
  if (label !== undefined) changes.label = label.trim() === '' ? NaN : Number(label);
  return changes as RadiomicsChanges;
}

const settingsOf = async (values: Values): Promise<RadiomicsSettings> =>
  values.settings === undefined
    ? radiomicsSettings(changesOf(values))
    : readRadiomicsSettings(values.settings, changesOf(values));

/** Features by image and family, for reading. */
function tableOf({ features, voxels, spacingMm }: RadiomicsRecord): string {
  const lines = [`${voxels} voxels of ${spacingMm.map((s) => Number(s.toPrecision(6))).join(' × ')} mm`];
  let heading = '';
  for (const [key, value] of Object.entries(features)) {
    const { family, name, ibsiCode } = featureOf(key);
    const group = key.slice(0, -name.length - 1);
    if (group !== heading) lines.push('', `${group.slice(0, -family.length - 1)} · ${family}`);
    heading = group;
    const number = value === null ? 'none' : String(Number(value.toPrecision(7)));
    lines.push(`  ${name.padEnd(36)} ${number.padStart(14)}  ${ibsiCode ?? ''}`.trimEnd());
  }
  return lines.join('\n');
}

async function runCase(image: string, mask: string, values: Values): Promise<number> {
  const record = await makeRecord(image, mask, await settingsOf(values));
  for (const warning of record.warnings ?? []) console.error(`axunet radiomics: warning: ${warning}`);
  if (values.json) console.log(JSON.stringify(record, null, 2));
  else if (values.csv)
    console.log(
      formatCsv([
        ['voxels', ...Object.keys(record.features)],
        [record.voxels, ...Object.values(record.features)],
      ]).trimEnd(),
    );
  else console.log(tableOf(record));
  return 0;
}

async function runCohort(file: string, values: Values): Promise<number> {
  const { out, workers } = values;
  if (!out) throw new UserError('Expected --out DIR, the folder for the features, found none');
  const [rows, settings] = [shardOf(await readCohort(file), values.shard), await settingsOf(values)];
  const progress = startProgress('radiomics', rows.length, values.json ? process.stderr : process.stdout);
  const report = await extractCohort(rows, {
    out,
    settings,
    writesTable: values.shard === undefined,
    ...(workers && { workers }),
    onProgress: (done, _, note) => progress.update(done, note),
  });
  const { made, skipped, failed } = report;
  progress.finish(
    `${made.length} made, ${skipped.length} complete already, ${failed.length} failed; ` +
      `features are in ${report.table ?? out}`,
  );
  for (const { id, reason } of failed) console.error(`axunet radiomics: case ${id} failed: ${reason}`);
  for (const { id, message } of report.warnings ?? [])
    console.error(`axunet radiomics: warning: case ${id}: ${message}`);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  return failed.length ? 1 : 0;
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  if (values.json && values.csv) throw new UserError('Expected either --json or --csv, found both');
  if (values.cohort !== undefined) {
    if (operands.length > 0) throw expected('no IMAGE and MASK beside --cohort', operands.join(' '));
    return runCohort(values.cohort, values);
  }
  if (operands.length !== 2) throw expected('IMAGE and MASK, or --cohort TABLE', operands.join(' ') || 'nothing');
  return runCase(operands[0]!, operands[1]!, values);
}
