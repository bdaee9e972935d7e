import { expected, UserError } from '../../errors.ts';
import { formatCsv } from '../../io/csv.ts';
import { isPictureName } from '../../io/image.ts';
import { assertFileEach } from '../../io/insideFolder.ts';
import { windowOf } from '../../preprocess/window.ts';
import { startProgress } from '../../progress.ts';
import { type CohortReport, extractCohort } from '../../radiomics/cohort.ts';
import { shownSpacing } from '../../radiomics/extract.ts';
import { featureOf } from '../../radiomics/names.ts';
import { readRadiomicsSettings, settingAsWritten } from '../../radiomics/readSettings.ts';
import { makeRecords, type OpenChoice, type RadiomicsRecord } from '../../radiomics/record.ts';
import { type RadiomicsChanges, type RadiomicsSettings, radiomicsSettings } from '../../radiomics/settings.ts';
import { type CohortRow, readCohort } from '../../radiomics/table.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/radiomics.ts';
import { seriesOf } from '../options/series.ts';
import { shardOf } from '../options/shard.ts';
import { asShardTask } from '../shardTask.ts';

type Values = Call<typeof options>['values'];

function changesOf({ set, label }: Values): RadiomicsChanges {
  const changes: Record<string, unknown> = {};
  for (const assignment of set) {
    const [, key, text] = /^(\w+)=(.*)$/.exec(assignment) ?? [];
    if (key === undefined) throw expected('an assignment such as binWidth=10', `"${assignment}"`);
    changes[key] = settingAsWritten(key, text!);
  }
  if (label?.length === 1) changes.label = label[0];
  return changes as RadiomicsChanges;
}

const settingsOf = async (values: Values): Promise<RadiomicsSettings> =>
  values.settings === undefined
    ? radiomicsSettings(changesOf(values))
    : readRadiomicsSettings(values.settings, changesOf(values));

/** What the command line says of files that do not say it. Throws a UserError for pictures' options of volumes. */
function choiceOf(values: Values, images: readonly string[]): OpenChoice {
  const { spacing, window } = values;
  if ((spacing !== undefined || window !== undefined) && !images.some(isPictureName))
    throw expected('--spacing and --window only of pictures', 'volumes, which say both themselves');
  return {
    ...seriesOf(values),
    ...(spacing !== undefined && { spacingMm: spacing }),
    ...(window && { windowHu: windowOf('default', window) }),
  };
}

/** How many voxels of which size, or pixels, in words. */
function regionOf({ voxels, spacingMm, made: { picture } }: RadiomicsRecord): string {
  if (!picture) return `${voxels} voxels of ${shownSpacing(spacingMm)}`;
  const mm = spacingMm[0].toPrecision(6).replace(/\.?0+$/, '');
  const size = picture.spacingMm === null ? 'unknown size: lengths and areas are in pixels' : `${mm} mm`;
  const grey = picture.windowHu ? `HU, ${picture.windowHu.join(' to ')}` : 'as they are, not in HU';
  return `${voxels} pixels of ${size}; grey values ${grey}`;
}

/** Features by image and family, for reading. */
function tableOf(record: RadiomicsRecord): string {
  const { features } = record;
  const lines = [regionOf(record)];
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

/** A heading and a row for each record, with the label in front where there are several. */
function csvOf(records: readonly RadiomicsRecord[], hasLabels: boolean): string {
  const names = [...new Set(records.flatMap(({ features }) => Object.keys(features)))];
  const rows = records.map(({ made, voxels, features }) => [
    ...(hasLabels ? [made.settings.label] : []),
    voxels,
    ...names.map((name) => features[name] ?? null),
  ]);
  return formatCsv([[...(hasLabels ? ['label'] : []), 'voxels', ...names], ...rows]).trimEnd();
}

function print(records: readonly RadiomicsRecord[], { json, csv, label = [] }: Values): void {
  const several = label.length > 1;
  if (json) return console.log(JSON.stringify(several ? records : records[0], null, 2));
  if (csv) return console.log(csvOf(records, several));
  const heading = (record: RadiomicsRecord): string => (several ? `label ${record.made.settings.label}: ` : '');
  console.log(records.map((record) => heading(record) + tableOf(record)).join('\n\n'));
}

const warn = (text: string): void => console.error(`axunet radiomics: ${text}`);

async function runCase(image: string, mask: string, values: Values): Promise<number> {
  const settings = await settingsOf(values);
  const labels = values.label ?? [settings.label];
  const made = await makeRecords(image, mask, settings, labels, choiceOf(values, [image]));
  const failed = made.filter((one) => one instanceof UserError);
  if (labels.length === 1 && failed[0]) throw failed[0];
  const records = made.filter((one): one is RadiomicsRecord => !(one instanceof UserError));
  if (records.length > 0) print(records, values);
  for (const { made: from, warnings } of records) {
    const which = labels.length > 1 ? `label ${from.settings.label}: ` : '';
    for (const warning of warnings) warn(`${which}warning: ${warning}`);
  }
  for (const [at, one] of made.entries())
    if (one instanceof UserError) warn(`label ${labels[at]} failed: ${one.message}`);
  return failed.length > 0 ? 1 : 0;
}

/** The rows once for each label that is asked for; a row with a label of its own stays as it is. */
function rowsByLabel(rows: readonly CohortRow[], { label = [] }: Values): readonly CohortRow[] {
  if (label.length < 2) return rows;
  const all = rows.flatMap((row) =>
    row.label === undefined
      ? label.map((n) => ({ ...row, id: `${row.id}-label${n}`, label: n, others: { ...row.others, label: String(n) } }))
      : [{ ...row, others: { ...row.others, label: String(row.label) } }],
  );
  const twice = all.find(({ id }, at) => all.findIndex((other) => other.id === id) !== at);
  if (twice) throw expected('ids that stay different with the label behind them', `${twice.id} twice`);
  assertFileEach(
    all.map(({ id }) => id),
    'ids with the label behind them',
  );
  return all;
}

async function runCohort(file: string, values: Values): Promise<number> {
  const { out } = values;
  if (!out) throw new UserError('Expected --out DIR, the folder for the features, found none');
  const table = rowsByLabel(await readCohort(file), values);
  const [rows, settings] = [shardOf(table, values.shard), await settingsOf(values)];
  const choice = choiceOf(
    values,
    table.map(({ image }) => image),
  );
  const taken = { out, settings, choice };
  return asShardTask('radiomics', { ...values, out }, async () => {
    const failed = await takeFeatures(rows, taken, values);
    const result = rows.map(({ id, others }) => ({ id, others }));
    return { total: table.length, cases: rows.map(({ id }) => id), failed, shared: { settings, ...choice }, result };
  });
}

/** Takes the features of rows and tells about them; the cases that failed. */
async function takeFeatures(
  rows: readonly CohortRow[],
  { out, settings, choice }: { out: string; settings: RadiomicsSettings; choice: OpenChoice },
  values: Values,
): Promise<CohortReport['failed']> {
  const { workers } = values;
  const progress = startProgress('radiomics', rows.length, values.json ? process.stderr : process.stdout);
  const report = await extractCohort(rows, {
    out,
    settings,
    ...choice,
    writesTable: values.shard === undefined,
    ...(workers && { workers }),
    onProgress: (done, _, note) => progress.update(done, note),
  });
  const { made, skipped, failed, warnings } = report;
  progress.finish(
    `${made.length} made, ${skipped.length} complete already, ${failed.length} failed; ` +
      `features are in ${report.table ?? out}`,
  );
  for (const { id, warning } of warnings) warn(`case ${id}: warning: ${warning}`);
  for (const { id, reason } of failed) warn(`case ${id} failed: ${reason}`);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  return failed;
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
