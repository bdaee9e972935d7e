/**
 * The examples of the engine's README are type-checked and run as a stranger would, and print what their comments say.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { whyNoGraphs } from '../../lib/engine/graph/native.ts';
import { flags } from '../../scripts/flags.mjs';

await startEngine();
const why = whyNoGraphs();
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const readme = readFileSync(new URL('../../lib/engine/README.md', import.meta.url), 'utf8');

interface Example {
  readonly title: string;
  readonly code: string;
  /** What its comments behind `console.log` say. */
  readonly prints: string[];
}
const section = readme.slice(readme.indexOf('## Examples'), readme.indexOf('## Defects'));
const examples = section.split(/^(?=\*\*)/m).flatMap((text): Example[] => {
  const [, title] = /^\*\*(.+?)\*\*/.exec(text) ?? [];
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
  if (!title || !code) return [];
  return [{ title, code, prints: [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line) }];
});
const fileOf = (index: number): string => `example${index + 1}.ts`;

const folder = mkdtempSync(path.join(os.tmpdir(), 'engine-readme-'));
beforeAll(() => {
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of ['axunet-engine', '@types'])
    symlinkSync(path.join(modules, name), path.join(folder, 'node_modules', name));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  examples.forEach(({ code }, i) => writeFileSync(path.join(folder, fileOf(i)), code));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, args, { cwd: folder });

describe("the engine's README", () => {
  it('has at least five examples, each of which prints something', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
    expect(examples.length).toBe(readme.split('```ts\n').length - 1);
    for (const { title, prints } of examples) expect(prints.length, title).toBeGreaterThan(0);
  });

  it('has examples without type errors, with the settings that it names', async () => {
    const compilerOptions = { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true, strict: true };
    const options = { ...compilerOptions, target: 'es2022', lib: ['es2023'], types: ['node'], skipLibCheck: true };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    const { stdout } = await node(path.join(modules, 'typescript/bin/tsc'), '-p', '.').catch((error) => error);
    expect(stdout).toBe('');
  });

  examples.forEach(({ title, code, prints }, i) => {
    const skipped = code.includes('newGraph') ? why : undefined; // says itself that it needs TensorFlow
    it.skipIf(skipped)(`prints what it says: ${title}${skipped ? ` (skipped: ${skipped})` : ''}`, async () => {
      const { stdout } = await node(...flags, fileOf(i));
      expect(stdout.trim().split('\n')).toEqual(prints);
    });
  });
});
