/** The project's own TypeScript as text: which file imports which, and which names each exports. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectPath, projectRoot } from '../../lib/settings.ts';

/** Name and folder of each package, the one that knows nobody first. */
export const packages = [
  ['axunet-engine', 'lib/engine'],
  ['axunet', 'lib'],
  ['axunet-lessons', 'notebooks/lessons'],
] as const;

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The file of this project that it means; undefined for other packages and Node's own modules. */
  readonly target: string | undefined;
  /** The names that are taken; `*` for all. */
  readonly names: readonly string[];
}

/** All files with one of these endings below a folder of the project. */
function filesBelow(folder: string, endings: readonly string[]): string[] {
  return readdirSync(projectPath(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.includes(path.extname(entry.name)))
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}

function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  if (specifier.startsWith('#')) return `${packageOf(from)[1]}/${specifier.slice(1)}.ts`;
  const found = packages.find(([name]) => specifier === name || specifier.startsWith(`${name}/`));
  if (!found) return undefined;
  const [name, folder] = found;
  return `${folder}/${specifier === name ? 'index' : specifier.slice(name.length + 1)}.ts`;
}

const importPattern = /^\s*(?:import|export)\s+(?:type\s+)?([^'";]*?)\s*from\s+'([^']+)'/gm;
const dynamicPattern = /\bimport\(\s*'([^']+)'\s*\)/g;
const besidePattern = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g;

function namesOf(clause: string): string[] {
  const list = /\{([^}]*)\}/.exec(clause)?.[1];
  if (list === undefined) return ['*'];
  return list
    .split(',')
    .map(
      (name) =>
        name
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0],
    )
    .filter(Boolean);
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const [, clause, specifier] of text.matchAll(importPattern)) {
    found.push({ specifier, target: targetOf(file, specifier), names: namesOf(clause) });
  }
  for (const pattern of [dynamicPattern, besidePattern]) {
    for (const [, specifier] of text.matchAll(pattern)) {
      found.push({ specifier, target: targetOf(file, specifier), names: ['*'] });
    }
  }
  return found;
}

const read = (file: string): SourceFile => {
  const text = readFileSync(projectPath(file), 'utf8');
  return { file, text, imports: importsOf(file, text) };
};

/** The packages' files. */
export const readPackages = (): SourceFile[] =>
  ['lib', 'notebooks/lessons'].flatMap((folder) => filesBelow(folder, ['.ts'])).map(read);

/** Everything else of the project that imports from the packages. */
export const readUsers = (): SourceFile[] =>
  ['test', 'bench', 'scripts', 'web'].flatMap((folder) => filesBelow(folder, ['.ts', '.mjs', '.cjs'])).map(read);

/** The code of all notebooks' cells. */
export function readCells(): string {
  const notebooks = readdirSync(projectPath('notebooks')).filter((name) => name.endsWith('.ipynb'));
  const cells = notebooks.flatMap((name) => {
    const notebook = JSON.parse(readFileSync(projectPath('notebooks', name), 'utf8')) as {
      cells: { cell_type: string; source: string[] }[];
    };
    return notebook.cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source.join(''));
  });
  return cells.join('\n');
}

/** Name and folder of the package that a file belongs to. */
export const packageOf = (file: string): (typeof packages)[number] =>
  packages.find(([, folder]) => file.startsWith(`${folder}/`))!;

/** The room of a file of `lib`: its folder, or the file itself where it lies beside the rooms. */
export const roomOf = (file: string): string => file.split('/')[1].replace(/\.ts$/, '');

/** Functions, constants and classes that a file exports; types are left out, for they name parts of what it exports. */
export const exportedValues = ({ text }: SourceFile): string[] =>
  [...text.matchAll(/^export (?:async |abstract )*(?:function\*?|const|let|class) (\w+)/gm)].map(([, name]) => name);

/** The same with types, for a name must mean one thing whatever it names. */
export const exportedNames = ({ text }: SourceFile): string[] =>
  [...text.matchAll(/^export (?:async |abstract )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm)].map(
    ([, name]) => name,
  );

/** Every file of code in the project, whatever its language. */
export const readAllCode = (): Pick<SourceFile, 'file' | 'text'>[] =>
  ['lib', 'notebooks/lessons', 'scripts', 'bench', 'test', 'web']
    .flatMap((folder) => filesBelow(folder, ['.ts', '.mjs', '.cjs', '.py', '.cc', '.h']))
    .map((file) => ({ file, text: readFileSync(projectPath(file), 'utf8') }));
