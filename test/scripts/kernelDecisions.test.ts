/** What the kernel decides by a process or a path alone, without a kernel. */
import { describe, expect, it } from 'vitest';
import { watchedParent } from '../../scripts/kernel/parent.cjs';
import { isOfPackage } from '../../scripts/kernel/skipPackages.cjs';

describe('the Jupyter that a kernel watches', () => {
  it.each([
    ['is its parent that says so', { JPY_PARENT_PID: '70' }, 'linux', 70],
    ['is none where nobody says so', {}, 'linux', undefined],
    ['is none behind a program that started the kernel for it', { JPY_PARENT_PID: '60' }, 'darwin', undefined],
    ['is none on Windows, which names no new parent', { JPY_PARENT_PID: '70' }, 'win32', undefined],
  ])('%s', (_, env, platform, watched) => {
    expect(watchedParent({ env, ppid: 70, platform })).toBe(watched);
    // in a container the parent is 1 from the start
    expect(watchedParent({ env, ppid: 1, platform })).toBeUndefined();
  });
});

describe('the files that are checked with a cell', () => {
  it.each([
    ['/home/me/node_modules/axunet/io/nifti.ts', '/home/me/notebooks/__tslab__.ts', true],
    ['/home/me/notebooks/node_modules/x/index.ts', '/home/me/notebooks/__tslab__.ts', true],
    ['/home/me/notebooks/own.ts', '/home/me/notebooks/__tslab__.ts', false],
    ['/x/node_modules/course/cells/own.ts', '/x/node_modules/course/cells/__tslab__.ts', false],
    ['/x/node_modules/axunet/errors.ts', '/x/node_modules/course/cells/__tslab__.ts', true],
  ])('%s, with %s, is of a package: %s', (name, cell, isPackage) => {
    expect(isOfPackage(name, cell)).toBe(isPackage);
  });
});
