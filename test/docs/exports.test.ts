import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { entries } from '../../scripts/docs-api.mjs';
import { exportsOf } from '../../scripts/docs-exports.mjs';
import { projectFiles, textOf } from './markdown.ts';

interface Exported {
  name: string;
  kind: string;
  file: string;
  comment?: string;
}
const files = Object.values(entries as Record<string, string>).filter((file) => existsSync(projectPath(file)));

describe('the public names', () => {
  it.each(files)('of %s have a doc comment each', (entry) => {
    const names = exportsOf(projectPath(), projectPath(entry)) as Exported[];
    expect(names.length).toBeGreaterThan(20);
    const bare = names
      .filter(({ comment }) => !comment)
      .map(({ file, name }) => `${path.relative(projectPath(), file)}: ${name}`);
    expect(bare).toEqual([]);
  });
});

describe('code in documents', () => {
  const places: Record<string, string> = {
    axunet: 'lib',
    'axunet-engine': 'lib/engine',
    'axunet-lessons': 'notebooks/lessons',
  };
  const imports = projectFiles('.md').flatMap((file) =>
    [...textOf(file).matchAll(/^\s*import (?:type )?\{([^}]+)\} from '(axunet[^']*)'/gm)].map(([, names, from]) => ({
      file,
      from: from!,
      names: names!
        .split(',')
        .map((name) => name.replace(/^\s*type /, '').trim())
        .filter(Boolean),
    })),
  );

  it('imports names that there are', () => {
    expect(imports.length).toBeGreaterThan(2);
    const missing = imports.flatMap(({ file, from, names }) => {
      const [own, ...inside] = from.split('/');
      const place = projectPath(`${places[own!]}/${inside.join('/') || 'index'}`);
      const entry = [`${place}.ts`, `${place}.mjs`].find((each) => existsSync(each));
      if (!entry) return [`${file}: ${from}`];
      const known = new Set((exportsOf(projectPath(), entry) as Exported[]).map(({ name }) => name));
      return names.filter((name) => !known.has(name)).map((name) => `${file}: ${name} from ${from}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('scripts/docs-exports.mjs', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-exports-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, lines: string[]): void =>
    writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
  const found = (name: string): [string, string, string | undefined][] =>
    (exportsOf(folder, path.join(folder, name)) as Exported[]).map(({ name: own, kind, comment }) => [
      own,
      kind,
      comment,
    ]);

  it('follows names through other files, under the name that they get', () => {
    write('a.ts', [
      '/** One. */',
      'export const one = 1;',
      '',
      '/**',
      ' * Two,',
      ' * at length.',
      ' */',
      'export function two() {}',
    ]);
    write('b.ts', [
      "export * from './a.ts';",
      "export { one as first } from './a.ts';",
      "import { two } from './a.ts';",
      'export { two as second };',
    ]);
    expect(found('b.ts')).toEqual([
      ['one', 'constant', 'One.'],
      ['two', 'function', 'Two,\nat length.'],
      ['first', 'constant', 'One.'],
      ['second', 'function', 'Two,\nat length.'],
    ]);
  });

  it('sees which names have no comment, also where the one above belongs to something else', () => {
    write('c.ts', [
      '/** Of a. */',
      'const a = 1;',
      'export const b = a;',
      '// not a doc comment',
      'export interface C {}',
      'export type D = 1;',
    ]);
    expect(found('c.ts')).toEqual([
      ['b', 'constant', undefined],
      ['C', 'interface', undefined],
      ['D', 'type', undefined],
    ]);
  });

  it('takes the comment of the export where the name comes from a package that is not ours', () => {
    write('d.ts', [
      "import * as tf from 'somewhere';",
      '/** The library. */',
      'export { tf };',
      "export { x } from 'elsewhere';",
    ]);
    expect(found('d.ts')).toEqual([
      ['tf', 'elsewhere', 'The library.'],
      ['x', 'elsewhere', undefined],
    ]);
  });
});
