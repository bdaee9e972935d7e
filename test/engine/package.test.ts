/** The engine as a package: what it needs, what it offers, and what it does not know. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as engine from '../../lib/engine/index.ts';

const lib = fileURLToPath(new URL('../../lib', import.meta.url));
const { dependencies, exports } = JSON.parse(readFileSync(path.join(lib, 'engine/package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  exports: Record<string, string>;
};

/** What the files of a folder of `lib` import, as [file, module]. */
function importsOf(folder: string, isWanted: (file: string) => boolean): [file: string, module: string][] {
  const files = readdirSync(path.join(lib, folder), { recursive: true, encoding: 'utf8' }).filter(isWanted);
  return files.flatMap((file) => {
    const text = readFileSync(path.join(lib, folder, file), 'utf8');
    return [...text.matchAll(/(?:\bfrom |\bimport\(|\brequire\()'([^']+)'/g)].map(([, to]): [string, string] => [
      file,
      to,
    ]);
  });
}
const isCode = (file: string): boolean => /\.(ts|mjs|cjs)$/.test(file);
const isSetup = (file: string): boolean => file.startsWith('setup') && file.endsWith('.mjs');

describe('the package axunet-engine', () => {
  it('imports its own files, the packages that it names and Node, and nothing of what is built on it', () => {
    const all = importsOf('engine', isCode);
    expect(all.length).toBeGreaterThan(100);
    for (const [file, to] of all) {
      const inside = path.join('engine', path.dirname(file), to).startsWith(`engine${path.sep}`);
      const isOwn = to.startsWith('.') ? inside : existsSync(path.join(lib, 'engine', `${to.replace('#', '')}.ts`));
      expect(isOwn || isBuiltin(to) || to in dependencies, `${file} imports ${to}`).toBe(true);
    }
  });

  it('has a set-up that runs before anything is installed', () => {
    for (const [file, to] of importsOf('engine', isSetup))
      expect(to.startsWith('./') || to.startsWith('node:'), `${file} imports ${to}`).toBe(true);
  });

  it('exports files that exist, and at its face what the README names', () => {
    for (const target of Object.values(exports))
      if (!target.includes('*')) expect(existsSync(path.join(lib, 'engine', target)), target).toBe(true);
    const names = ['startEngine', 'convolution', 'valueAndGradients', 'recomputing', 'withTrace', 'compileModel'];
    expect(Object.keys(engine)).toEqual(expect.arrayContaining([...names, 'registerWasmKernels', 'CannotCompile']));
  });

  it('lets layers do without its graphs: the network imports nothing of tracing', () => {
    for (const [file, to] of importsOf('model', isCode)) expect(to, file).not.toMatch(/axunet-engine\/graph/);
  });
});
