import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyInstall } from '../../scripts/install.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-install-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  version: string;
  integrity?: string;
  optional?: boolean;
}

/** Lays out a project that wants `wanted` and has `present`, the latter on disk as well. */
function project(wanted: Record<string, Entry>, present?: Record<string, Entry>): void {
  const places = (entries: Record<string, Entry>) =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`node_modules/${name}`, entry]));
  writeFileSync(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { '': { version: '0.1.0' }, ...places(wanted) } }),
  );
  if (!present) return;
  for (const name of Object.keys(present)) mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: places(present) }));
}

const a = { version: '1.0.0', integrity: 'sha512-a' };

describe('npm ci', () => {
  it('is not needed where all packages of the lock file are there', () => {
    project({ a }, { a });
    expect(whyInstall(folder)).toBeUndefined();
  });

  it('is needed before the first installation, also one that was cut off', () => {
    project({ a });
    mkdirSync(path.join(folder, 'node_modules/a'), { recursive: true });
    expect(whyInstall(folder)).toBe('they are not installed yet');
  });

  it('is needed when the lock file moved on', () => {
    project({ a: { ...a, version: '1.0.1' } }, { a });
    expect(whyInstall(folder)).toBe('a has another version');
    project({ a: { ...a, integrity: 'sha512-b' } }, { a });
    expect(whyInstall(folder)).toBe('a has another version');
  });

  it('is needed when a package is new or its folder was deleted', () => {
    project({ a, b: a }, { a });
    expect(whyInstall(folder)).toBe('b is missing');
    project({ a }, { a });
    rmSync(path.join(folder, 'node_modules/a'), { recursive: true });
    expect(whyInstall(folder)).toBe('a is missing');
  });

  it('is needed when a package of a workspace is missing or has another version', () => {
    const place = 'lib/node_modules/@scope/b';
    const lock = (version: string) =>
      JSON.stringify({ packages: { lib: { version: '0.1.0' }, [place]: { ...a, version } } });
    project({});
    writeFileSync(path.join(folder, 'package-lock.json'), lock('1.0.0'));
    mkdirSync(path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), lock('1.0.0'));
    expect(whyInstall(folder)).toBe('@scope/b is missing');
    mkdirSync(path.join(folder, place), { recursive: true });
    expect(whyInstall(folder)).toBeUndefined();
    writeFileSync(path.join(folder, 'package-lock.json'), lock('1.0.1'));
    expect(whyInstall(folder)).toBe('@scope/b has another version');
  });

  it('is not needed for packages made for another system', () => {
    project({ a, 'a-win32': { ...a, optional: true } }, { a });
    expect(whyInstall(folder)).toBeUndefined();
  });

  it('is refused in a folder without a lock file', () => {
    expect(() => whyInstall(folder)).toThrow(/Expected package-lock.json/);
  });
});
