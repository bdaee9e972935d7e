import { existsSync } from 'node:fs';
import path from 'node:path';
import { datasetFolder, shortPath } from '../../dataset/cases.ts';
import { checkFiles, fetchDataset } from '../../dataset/fetchDataset.ts';
import { type DatasetEntry, datasetEntry, registry } from '../../dataset/registry.ts';
import { formatMegabytes } from '../../dataset/registryTable.ts';
import { formatReport, textTable } from '../../dataset/verify.ts';
import { expected } from '../../errors.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/data.ts';
import { progressOnDemand } from '../progressOnDemand.ts';
import { verifyNamed } from '../verifyNamed.ts';

const inFolder = (entry: DatasetEntry, out?: string): { folder: string; found: boolean } => {
  const folder = datasetFolder(entry.name, out);
  return { folder, found: existsSync(folder) };
};

function howToGet({ name, download: source }: DatasetEntry): string {
  if (name === 'phantom') return 'made here';
  return source ? 'by command' : 'by hand';
}

function list(json: boolean): void {
  const rows = registry.map((entry) => ({ ...entry, ...inFolder(entry) }));
  if (json) return console.log(JSON.stringify(rows, null, 2));
  const cells = rows.map((r) => [
    r.name,
    r.found ? 'yes' : 'no',
    formatMegabytes(r.sizeMb),
    howToGet(r),
    r.licence,
    r.title,
  ]);
  console.log(textTable([['name', 'here', 'size', 'to get', 'licence', 'what'], ...cells]));
  console.log(
    '\n`axunet data NAME` tells how to get one; `axunet data NAME --download` fetches it where that is possible.',
  );
}

function explain(entry: DatasetEntry, out: string | undefined, json: boolean): void {
  const { folder, found } = inFolder(entry, out);
  if (json) return console.log(JSON.stringify({ ...entry, folder, found }, null, 2));
  const lines = [
    ['content', entry.content],
    ['source', entry.source],
    ['licence', entry.licence],
    ['cite', entry.citation],
    ['size', formatMegabytes(entry.sizeMb)],
    ['get it', entry.howToGet],
    ['folder', `${shortPath(folder)}${found ? '' : ' (not there)'}`],
    ...entry.layout.map((line, i) => [i ? '' : 'layout', line]),
  ];
  console.log(`${entry.title} (${entry.name})\n\n${textTable(lines as string[][])}`);
}

async function download(entry: DatasetEntry, out: string | undefined): Promise<void> {
  const { folder } = inFolder(entry, out);
  const count = await fetchDataset(entry, folder, {
    onProgress: progressOnDemand(entry.name),
    onConvert: progressOnDemand('to NIfTI'),
  });
  const done = count ? `${count} downloaded` : 'it was complete already';
  console.log(`${entry.name} is in ${shortPath(folder)} (${done}). Licence: ${entry.licence}. Cite: ${entry.citation}`);
}

/** Checksums where the registry has them, then images and labels; `files` sets have checksums only. */
async function check(entry: DatasetEntry, { out, series, json }: Call<typeof options>['values']): Promise<number> {
  const { folder, found } = inFolder(entry, out);
  if (!found) throw expected(`the set in ${shortPath(folder)}`, 'no such folder');
  const files = await checkFiles(entry, folder);
  const report =
    entry.kind === 'files' ? undefined : await verifyNamed(entry.name, undefined, { data: folder, series });
  if (json) console.log(JSON.stringify({ name: entry.name, folder, files, report }, null, 2));
  else {
    if (report) console.log(formatReport(report));
    for (const problem of files.problems) console.log(`ERROR   ${problem}  [checksum]`);
    const unchecked = files.checked
      ? `${files.checked - files.problems.length} of ${files.checked} files have the registry's checksum`
      : 'the registry has no checksums for this set';
    console.log(`${path.basename(folder)}: ${unchecked}`);
  }
  return files.problems.length || report?.totals.errors ? 1 : 0;
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [name, ...rest] = operands;
  if (rest.length > 0) throw expected('one NAME', operands.join(' '));
  if (!name) {
    if (values.download || values.verify) throw expected('the NAME of the set', 'none');
    list(values.json);
    return 0;
  }
  const entry = datasetEntry(name);
  if (values.download) await download(entry, values.out);
  if (values.verify) return check(entry, values);
  if (!values.download) explain(entry, values.out, values.json);
  return 0;
}
