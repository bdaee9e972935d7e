/** test/ mirrors lib/: which files have no test of their own, and whether test/README.md tells of each. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { packageOf, readPackages } from './sources.ts';

const files = readPackages()
  .map(({ file }) => file)
  .filter((file) => packageOf(file)[0] === 'axunet' && file !== 'lib/index.ts')
  .map((file) => file.slice('lib/'.length));
const untested = files.filter((file) => !existsSync(projectPath('test', file.replace(/\.ts$/, '.test.ts'))));

const section = readFileSync(projectPath('test/README.md'), 'utf8').split('\n## What has no test file')[1]!;
const rows = [...section.matchAll(/^\| (`.+?) \| (.+) \|$/gm)].map(([, names, why]) => ({
  names: [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  why: why!,
}));
const means = (name: string, file: string): boolean =>
  name.endsWith('/*') ? file.slice(0, file.lastIndexOf('/') + 1) === name.slice(0, -1) : file === name;

describe('The table of files without a test of their own', () => {
  const named = rows.flatMap(({ names }) => names);

  it('names every one', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(untested.filter((file) => !named.some((name) => means(name, file)))).toEqual([]);
  });

  it('names none that is gone or has a test', () => {
    expect(named.filter((name) => !untested.some((file) => means(name, file)))).toEqual([]);
  });

  it('names tests that there are', () => {
    const missing = rows.flatMap(({ names, why }) => {
      const folders = [names[0]!.split('/')[0]!, 'cli/run', ''];
      const tests = [...why.matchAll(/`([\w/]+\.test\.ts)`/g)].map(([, test]) => test!);
      return tests.filter((test) => !folders.some((folder) => existsSync(projectPath('test', folder, test))));
    });
    expect(missing).toEqual([]);
  });
});
