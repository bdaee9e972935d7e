import { parseArgs } from 'node:util';
import { expected, UserError } from '../errors.ts';
import { formatCsv } from '../io/csv.ts';
import { startProgress } from '../progress.ts';
import { extractCohort } from '../radiomics/cohort.ts';
import { featureOf } from '../radiomics/names.ts';
import { makeRecord, type RadiomicsRecord } from '../radiomics/record.ts';
import {
  type RadiomicsChanges,
  type RadiomicsSettings,
  radiomicsSettings,
  readRadiomicsSettings,
} from '../radiomics/settings.ts';
import { readCohort } from '../radiomics/table.ts';
import type { Command } from './command.ts';
import { shardOf } from './shard.ts';

const help = `Takes radiomics features of a region of interest.

Usage: axunet radiomics IMAGE MASK [options]
       axunet radiomics --cohort TABLE --out DIR [options]

  IMAGE MASK       NIfTI (.nii, .nii.gz, .hdr) or NRRD (.nrrd, .nhdr) on the same grid
  --cohort TABLE   CSV with the columns id, image, mask and, where wanted, label; others are carried along.
                   Paths are meant from the table's folder
  --out DIR        where cases/<id>.json and features.csv go
  --workers N      processes at once (default: one for each core)
  --shard I/N      only every N-th case from the I-th (1 to N), for several machines on one folder; the run without
                   it that follows finds their cases complete and writes features.csv

  --settings FILE  options as JSON (docs/radiomics.md lists them); default: PyRadiomics' defaults
  --set NAME=V     one option, such as --set binWidth=10 --set logSigmasMm=[1,3]; may be repeated
  --label N        value of the region in the mask (default 1)
  --json           one JSON object: features and what they were made from
  --csv            a heading and one row

A cohort can be interrupted and started again: what is complete (same files, same settings) is skipped.
Exit code 1 when a case failed; the others are made all the same.

Example: axunet radiomics ct.nii.gz label.nii.gz --label 7 --csv`;

const options = {
  cohort: { type: 'string' },
  out: { type: 'string' },
  workers: { type: 'string' },
  shard: { type: 'string' },
  settings: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  label: { type: 'string' },
  json: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
} as const;
const parse = (args: string[]) => parseArgs({ args, allowPositionals: true, options });
type Values = ReturnType<typeof parse>['values'];

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
    lines.push(
      `  ${name.padEnd(36)} ${(value === null ? 'none' : String(Number(value.toPrecision(7)))).padStart(14)}  ${ibsiCode ?? ''}`.trimEnd(),
    );
  }
  return lines.join('\n');
}

async function runCase(image: string, mask: string, values: Values): Promise<number> {
  const record = await makeRecord(image, mask, await settingsOf(values));
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
  if (workers !== undefined && !/^[1-9]\d*$/.test(workers))
    throw expected('--workers to be a positive whole number', `"${workers}"`);
  const [rows, settings] = [shardOf(await readCohort(file), values.shard), await settingsOf(values)];
  const progress = startProgress('radiomics', rows.length, values.json ? process.stderr : process.stdout);
  const report = await extractCohort(rows, {
    out,
    settings,
    writesTable: values.shard === undefined,
    ...(workers && { workers: Number(workers) }),
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish(
    `${report.made.length} made, ${report.skipped.length} complete already, ${report.failed.length} failed; features are in ${report.table ?? out}`,
  );
  for (const { id, reason } of report.failed) console.error(`axunet radiomics: case ${id} failed: ${reason}`);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  return report.failed.length ? 1 : 0;
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.json && values.csv) throw new UserError('Expected either --json or --csv, found both');
  if (values.cohort !== undefined) {
    if (positionals.length > 0) throw expected('no IMAGE and MASK beside --cohort', positionals.join(' '));
    return runCohort(values.cohort, values);
  }
  if (positionals.length !== 2) throw expected('IMAGE and MASK, or --cohort TABLE', positionals.join(' ') || 'nothing');
  return runCase(positionals[0]!, positionals[1]!, values);
}

export const radiomics: Command = {
  name: 'radiomics',
  summary: 'take radiomics features of a region of interest',
  help,
  run,
};
