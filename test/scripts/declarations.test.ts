/** Cells see our packages by declarations while no source is newer, and by the sources otherwise. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDeclarations } from '../../scripts/declarations.mjs';
import { declarationPaths } from '../../scripts/kernel/declarations.cjs';

let folder: string;
const at = (...parts: string[]): string => path.join(folder, ...parts);
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
};
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'axunet-declarations-')));
  write('tsconfig.json', '{"compilerOptions": {"types": [], "strict": true, "allowImportingTsExtensions": true}}');
  write('lib/index.ts', "export { one } from './one.ts';\n");
  write('lib/one.ts', '/** A number. */\nexport const one = (n: number) => ({ n, text: `${n}` });\n');
  write('lib/engine/index.ts', 'export const two = 2;\n');
  write('notebooks/lessons/index.ts', 'export const three = 3;\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const paths = () => declarationPaths(at('notebooks'), folder);

describe('declarations of the packages', () => {
  it('are made once for a state of the sources, comments too, and found for each package', async () => {
    expect(paths()).toBeUndefined();
    expect(await makeDeclarations(folder)).toBe(true);
    const found = paths()!;
    expect(Object.keys(found)).toEqual([
      'axunet',
      'axunet/*',
      'axunet-engine',
      'axunet-engine/*',
      'axunet-lessons',
      'axunet-lessons/*',
    ]);
    const text = readFileSync(found['axunet/*'][0].replace('*', 'one'), 'utf8');
    expect(text).toContain('A number.');
    expect(text).toMatch(/one: \(n: number\) => \{\s+n: number;\s+text: string;\s+\}/);
    expect(readFileSync(found.axunet[0], 'utf8')).toContain('./one.ts');
  });
  it('are left alone once a source is newer, another is there or one has gone, until they are made again', async () => {
    const before = paths();
    utimesSync(at('lib/one.ts'), new Date(), new Date(Date.now() + 1000));
    expect(paths()).toBeUndefined();
    expect(await makeDeclarations(folder)).toBe(true);
    expect(paths()).not.toEqual(before);
    write('lib/more.ts', 'export {};\n');
    expect(paths()).toBeUndefined();
    rmSync(at('lib/more.ts'));
    expect(paths()).toBeDefined();
  });
  it('are for cells inside of the project, whose packages Node finds', () => {
    expect(declarationPaths(os.tmpdir(), folder)).toBeUndefined();
    expect(paths()).toBeDefined();
  });
});
