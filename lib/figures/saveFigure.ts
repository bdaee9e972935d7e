/** Figures as files: PNG, SVG and, beside them, a JSON that says where they come from. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { sha256, sha256File, writeFileAtomic, writeJson } from '../io/files.ts';
import { packageVersion } from '../io/packageVersion.ts';
import { volumeChecksums } from '../scan/readVolume.ts';
import { projectRoot } from '../settings.ts';
import { type Figure, hasPictures, titleOf } from './figure.ts';
import { svgToPng, toSvg } from './render.ts';

/** What a figure was made from. Nothing here depends on the time of day, so equal runs give equal files. */
export interface Provenance {
  /** Settings that shaped the figure. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Files that were read; their sha256 is recorded. */
  readonly inputs?: readonly string[];
  readonly seed?: number;
  /** The command that makes the figure again; by default the one that is running. */
  readonly command?: string;
  /** When the data was made, where that matters (recorded runs): any text, written as given. */
  readonly createdAt?: string;
}

/** Where the picture, the drawing and their provenance lie. */
export interface SavedFigure {
  readonly png: string;
  readonly svg: string;
  readonly json: string;
}

/** A path as others can read it: relative to the project, with forward slashes. */
const portable = (file: string): string => path.relative(projectRoot, path.resolve(file)).split(path.sep).join('/');

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', projectRoot, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** The commit of the project, with `+changes` when its code differs; undefined without git or outside a clone. */
function gitCommit(): string | undefined {
  try {
    const [top, commit] = git('rev-parse', '--show-toplevel', 'HEAD').split('\n');
    if (path.resolve(top!) !== projectRoot) return undefined;
    return git('status', '--porcelain', '--', 'lib', 'package.json') ? `${commit}+changes` : commit;
  } catch {
    return undefined;
  }
}

let version: { package: string; commit?: string } | undefined;

/** The version of this package and, in a clone, its commit. */
export function codeVersion(): { package: string; commit?: string } {
  version ??= { package: packageVersion(), commit: gitCommit() };
  return version;
}

/** The running command, with paths inside the project made relative. */
function runningCommand(): string {
  const [, script, ...rest] = process.argv;
  const options = rest.map((arg) => (path.isAbsolute(arg) ? portable(arg) : arg));
  return ['node', ...(script ? [portable(script)] : []), ...options].join(' ');
}

/** Of a file as it is, of a DICOM folder as the reader of volumes has it. */
const checksumOf = async (file: string): Promise<string> =>
  statSync(file, { throwIfNoEntry: false })?.isDirectory()
    ? Object.values(await volumeChecksums(file))[0]!
    : sha256File(file);

/** The JSON beside a figure; `files` are its pictures with their bytes. */
async function provenanceRecord(
  name: string,
  figure: Figure,
  files: Record<string, Uint8Array | string>,
  from: Provenance,
): Promise<unknown> {
  const inputs: Record<string, string> = {};
  for (const file of [...(from.inputs ?? [])].sort()) inputs[portable(file)] = await checksumOf(file);
  return {
    figure: name,
    title: titleOf(figure),
    files: Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, sha256(bytes)])),
    parameters: from.parameters ?? {},
    inputs,
    seed: from.seed ?? null,
    version: codeVersion(),
    command: from.command ?? runningCommand(),
    createdBy: `axunet ${codeVersion().package}`,
    ...(from.createdAt ? { createdAt: from.createdAt } : {}),
  };
}

/**
 * Writes `<name>.png` (`zoom` pixels per CSS pixel, fewer for slices, which hold no more detail), `<name>.svg` and
 * `<name>.json` into the folder, each atomically, the JSON last. The same figure and provenance give the same bytes.
 * Throws a UserError when an input is absent or the folder is not writable.
 */
export async function saveFigure(
  folder: string,
  name: string,
  figure: Figure,
  from: Provenance = {},
  zoom = hasPictures(figure) ? 1.25 : 2,
): Promise<SavedFigure> {
  const svg = await toSvg(figure);
  const files = { [`${name}.png`]: svgToPng(svg, zoom), [`${name}.svg`]: svg };
  const record = await provenanceRecord(name, figure, files, from);
  for (const [file, bytes] of Object.entries(files)) await writeFileAtomic(path.join(folder, file), bytes);
  await writeJson(path.join(folder, `${name}.json`), record);
  const at = (suffix: string): string => path.join(folder, `${name}.${suffix}`);
  return { png: at('png'), svg: at('svg'), json: at('json') };
}
