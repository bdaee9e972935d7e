/** Two work folders of the pipeline, file by file: which are equal, and which but for times and what follows them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readBytes, readText, sha256 } from 'axunet/io/files';
import { parseJson } from 'axunet/io/schema';

/** How two work folders compare. */
interface WorkComparison {
  readonly equal: number;
  /** Equal but for clocks, by what differs and why. */
  readonly equalButForTimes: Readonly<Record<string, number>>;
  readonly different: readonly string[];
  /** In one of the folders alone. */
  readonly alone: readonly string[];
}

/** What tells of tasks and not of results, and TensorBoard's files, whose every line has a time. */
const aside = /^(log|done)\/|(^|\/)(shards|tensorboard)\/|^expected\.json$/;

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const names = files.map((file) => path.relative(folder, file).split(path.sep).join('/'));
  return names.filter((name) => !aside.test(name)).sort();
}

/** Where times stand. A checkpoint says the seconds of training, so its checksum, by which networks are told apart. */
const timed: readonly { readonly what: string; readonly file: RegExp; readonly without: readonly string[] }[] = [
  { what: 'seconds of training', file: /^runs\/.*\/(result|checkpoint)\.json$/, without: ['seconds'] },
  { what: 'seconds of training', file: /^runs\/.*\/history\.jsonl$/, without: ['seconds'] },
  { what: 'checksum of a checkpoint that says seconds', file: /^runs\/.*\/scores\.json$/, without: ['sha256'] },
  { what: 'checksum of a checkpoint that says seconds', file: /^masks\/.*\.json$/, without: ['model'] },
];

/** The JSON text, or one of several lines, without the entries. */
function withoutEntries(text: string, entries: readonly string[]): string {
  const replacer = (key: string, value: unknown): unknown => (entries.includes(key) ? undefined : value);
  const parts = text.startsWith('{\n') ? [text] : text.trimEnd().split('\n');
  return parts.map((part) => JSON.stringify(parseJson(part), replacer)).join('\n');
}

/** Why two texts count as equal; undefined where they do not. */
function timesIn(name: string, a: string, b: string): string | undefined {
  if (/\/SHA256SUMS$/.test(name)) {
    const [first, second] = [a, b].map((text) => text.split('\n').filter((line) => !line.endsWith('checkpoint.json')));
    return first!.join() === second!.join() ? 'checksum of a checkpoint that says seconds' : undefined;
  }
  const rule = timed.find(({ file }) => file.test(name));
  if (!rule) return undefined;
  return withoutEntries(a, rule.without) === withoutEntries(b, rule.without) ? rule.what : undefined;
}

/** Compares all results of two work folders byte by byte. */
export async function compareWork(one: string, other: string): Promise<WorkComparison> {
  const [names, others] = [await filesIn(one), await filesIn(other)];
  const alone = [...names, ...others].filter((name) => !existsSync(path.join(one, name)) || !others.includes(name));
  let equal = 0;
  const [times, different]: [Record<string, number>, string[]] = [{}, []];
  for (const name of names.filter((each) => !alone.includes(each))) {
    const [a, b] = [path.join(one, name), path.join(other, name)];
    const [first, second] = [await readBytes(a, 'a result'), await readBytes(b, 'a result')];
    if (sha256(first) === sha256(second)) equal++;
    else {
      const isText = /\.jsonl?$|SHA256SUMS$/.test(name);
      const what = isText ? timesIn(name, await readText(a, 'a result'), await readText(b, 'a result')) : undefined;
      if (what === undefined) different.push(name);
      else times[what] = (times[what] ?? 0) + 1;
    }
  }
  return { equal, equalButForTimes: times, different, alone };
}
