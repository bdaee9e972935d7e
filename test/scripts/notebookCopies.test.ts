import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyNotebooks, keepChanged, resetCopy } from '../../scripts/notebook-copies.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-copies-'));
  mkdirSync(path.join(folder, 'from'));
  for (const name of ['a', 'b']) write('from', name, `${name} 1`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = (where: string, name: string): string => path.join(folder, where, `${name}.ipynb`);
const write = (where: string, name: string, text: string): void => writeFileSync(place(where, name), text);
const copied = (name: string): string => readFileSync(place('to', name), 'utf8');
const copy = (): string[] => copyNotebooks(['a', 'b'], path.join(folder, 'from'), path.join(folder, 'to'));

describe("a reader's copies of the notebooks", () => {
  it('are made where there are none', () => {
    expect(copy()).toEqual([]);
    expect([copied('a'), copied('b')]).toEqual(['a 1', 'b 1']);
  });

  it('follow their original while the reader has not changed them', () => {
    copy();
    write('from', 'a', 'a 2');
    expect(copy()).toEqual([]);
    expect(copied('a')).toBe('a 2');
  });

  it("keep the reader's changes, and are named where the original has changed too", () => {
    copy();
    write('to', 'a', 'mine');
    write('to', 'b', 'mine too');
    write('from', 'a', 'a 2');
    expect(copy()).toEqual(['a']);
    expect([copied('a'), copied('b')]).toEqual(['mine', 'mine too']);
  });

  it('never replace a file of the reader that was no copy', () => {
    mkdirSync(path.join(folder, 'to'));
    write('to', 'a', 'older than this command');
    write('to', 'scratch', 'own');
    writeFileSync(path.join(folder, 'to', '.copied.json'), '{ damaged');
    copy();
    expect(copied('a')).toBe('older than this command');
    expect(copied('scratch')).toBe('own');
    expect(readdirSync(path.join(folder, 'to')).sort()).toEqual([
      '.copied.json',
      'a.ipynb',
      'b.ipynb',
      'scratch.ipynb',
    ]);
  });
});

describe('a fresh copy of a notebook of the course', () => {
  const folders = (): { from: string; to: string } => ({
    from: path.join(folder, 'from'),
    to: path.join(folder, 'to'),
  });
  const now = new Date('2026-03-04T05:06:07Z');

  it('is made where there is none', () => {
    expect(resetCopy('a', folders(), now)).toBe('a.ipynb is as at the beginning');
    expect(copied('a')).toBe('a 1');
  });

  it('takes the place of what a student wrote, which is kept beside it with the date in its name', () => {
    copy();
    write('to', 'a', 'mine');
    expect(resetCopy('a', folders(), now)).toContain('your old one is a.2026-03-04-050607.ipynb');
    expect([copied('a'), copied('a.2026-03-04-050607')]).toEqual(['a 1', 'mine']);
    expect(copy()).toEqual([]);
  });

  it('keeps both where there are two within a second', () => {
    copy();
    for (const text of ['first', 'second']) {
      write('to', 'a', text);
      resetCopy('a', folders(), now);
    }
    expect([copied('a.2026-03-04-050607'), copied('a.2026-03-04-050607-2'), copied('a')]).toEqual([
      'first',
      'second',
      'a 1',
    ]);
  });

  it('leaves a copy alone that is as at the beginning', () => {
    copy();
    expect(resetCopy('a', folders(), now)).toBe('a.ipynb is as at the beginning');
    expect(
      readdirSync(folders().to)
        .filter((name) => name.endsWith('.ipynb'))
        .sort(),
    ).toEqual(['a.ipynb', 'b.ipynb']);
  });
});

describe('a file that is written anew', () => {
  const now = new Date('2026-03-04T05:06:07Z');
  const [file, kept] = ['from/a.ipynb', 'kept/a.2026-03-04-050607.ipynb'];
  const keep = (text: string): string | undefined =>
    keepChanged(path.join(folder, file), text, path.join(folder, 'kept'), now);
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
    expect(spawnSync('git', [...who, ...args], { cwd: path.join(folder, 'from') }).status).toBe(0);
  };

  it('is kept where somebody may have written into it', () => {
    expect(keep('a 1')).toBeUndefined();
    expect(keep('a 2')).toBe(path.join(folder, kept));
    expect(readFileSync(path.join(folder, kept), 'utf8')).toBe('a 1');
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe('a 1');
  });

  it('is not kept where git has it', () => {
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'a');
    expect(keep('a 2')).toBeUndefined();
    write('from', 'a', 'mine');
    expect(keep('a 2')).toBe(path.join(folder, kept));
  });
});
