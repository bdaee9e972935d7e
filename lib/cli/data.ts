import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { datasetFolder, shortPath } from '../dataset/cases.ts';
import { checkFiles, fetchDataset } from '../dataset/fetchDataset.ts';
import { type DatasetEntry, datasetEntry, registry } from '../dataset/registry.ts';
import { formatMegabytes } from '../dataset/registryTable.ts';
import { formatReport, textTable } from '../dataset/verify.ts';
import { expected } from '../errors.ts';
import { startProgress } from '../progress.ts';
import type { Command } from './command.ts';
import { verifyNamed } from './verify.ts';

const help = `Usage: axunet data [NAME] [options]

Without a name: the data sets that this project knows and whether they are here.
With a name: what the set is, its licence, how to get it, and where it is looked for.

  --download     fetch it where a public address allows that; the same command continues a broken download
  --verify       check the files against their checksums, and images and labels as \`axunet verify\` does
  --out DIR      where the set lies or goes (default data/NAME)
  --json         print as JSON

Example: axunet data nih-2d --download`;

const inFolder = (entry: DatasetEntry, out?: string): { folder: string; found: boolean } => {
  const folder = datasetFolder(entry.name, out);
  return { folder, found: existsSync(folder) };
};

const howToGet = (entry: DatasetEntry): string =>
  entry.name === 'phantom' ? 'made here' : entry.download ? 'by command' : 'by hand';

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

/** A progress line that starts with the first report and ends with the last. */
function reporter(label: string): (done: number, total: number, note: string) => void {
  let progress: ReturnType<typeof startProgress> | undefined;
  return (done, total, note) => {
    progress ??= startProgress(label, total, process.stderr);
    progress.update(done, note);
    if (done === total) progress.finish();
  };
}

async function download(entry: DatasetEntry, out: string | undefined): Promise<void> {
  const { folder } = inFolder(entry, out);
  const count = await fetchDataset(entry, folder, {
    onProgress: reporter(entry.name),
    onConvert: reporter('to NIfTI'),
  });
  console.log(
    `${entry.name} is in ${shortPath(folder)} (${count ? `${count} downloaded` : 'it was complete already'}). Licence: ${entry.licence}. Cite: ${entry.citation}`,
  );
}

/** Checksums where the registry has them, then images and labels; `files` sets have checksums only. */
async function check(entry: DatasetEntry, out: string | undefined, json: boolean): Promise<number> {
  const { folder, found } = inFolder(entry, out);
  if (!found) throw expected(`the set in ${shortPath(folder)}`, 'no such folder');
  const files = await checkFiles(entry, folder);
  const report = entry.kind === 'files' ? undefined : await verifyNamed(entry.name, undefined, { data: folder });
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

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      download: { type: 'boolean' },
      verify: { type: 'boolean' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const json = Boolean(values.json);
  if (positionals.length > 1) throw expected('one NAME', positionals.join(' '));
  if (!positionals[0]) {
    if (values.download || values.verify) throw expected('the NAME of the set', 'none');
    list(json);
    return 0;
  }
  const entry = datasetEntry(positionals[0]);
  if (values.download) await download(entry, values.out);
  if (values.verify) return check(entry, values.out, json);
  if (!values.download) explain(entry, values.out, json);
  return 0;
}

export const data: Command = { name: 'data', summary: 'list, explain, download and check data sets', help, run };
