import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { registry } from '../../../lib/dataset/registry.ts';
import { settings } from '../../../lib/settings.ts';
import { temporaryFolder } from '../../dataset/fixtures.ts';

const data = await loadCommand('data');

const shared = settings.sharedFolder;

describe('axunet data', () => {
  let folder: string;
  let printed: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    printed = '';
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      printed += `${text}\n`;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    await rm(folder, { recursive: true, force: true });
  });

  it('lists every set with size, licence and how to get it', async () => {
    expect(await data.run([])).toBe(0);
    const lines = printed.split('\n');
    for (const { name, licence } of registry)
      expect(
        lines.some((line) => line.startsWith(`${name} `) && line.includes(licence)),
        name,
      ).toBe(true);
    printed = '';
    await data.run(['--json']);
    expect(JSON.parse(printed).map((e: { name: string }) => e.name)).toEqual(registry.map((e) => e.name));
  });

  it('explains one set and says whether it is there', async () => {
    expect(await data.run(['nih-pancreas-ct', '--out', path.join(folder, 'none')])).toBe(0);
    expect(printed).toMatch(/CC BY 3\.0[^]*none \(not there\)[^]*PANCREAS_0001\.nii\.gz/);
    printed = '';
    await data.run(['ibsi', '--out', folder, '--json']);
    expect(JSON.parse(printed)).toMatchObject({ name: 'ibsi', found: true, licence: 'CC BY 4.0' });
  });

  it('refuses unknown sets, a missing name, a missing folder and a set without an address', async () => {
    await expect(data.run(['nope'])).rejects.toThrow('no data set called "nope"');
    await expect(data.run(['--download'])).rejects.toThrow('the NAME of the set');
    await expect(data.run(['ibsi', '--verify', '--out', path.join(folder, 'none')])).rejects.toThrow('no such folder');
    await expect(data.run(['dicom', '--download', '--out', folder])).rejects.toThrow('no public address');
  });

  it('says in one sentence that there is no network', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } })),
    );
    await expect(data.run(['ibsi', '--download', '--out', folder])).rejects.toThrow(
      'raw.githubusercontent.com cannot be reached (ENOTFOUND): there is no network',
    );
  });

  it('exits with 1 when files are missing', async () => {
    expect(await data.run(['ibsi', '--verify', '--out', folder])).toBe(1);
    expect(printed).toMatch(/dig_mask\.nii\.gz: missing {2}\[checksum\]/);
  });

  it.skipIf(!shared)('keeps what is there and checks it (needs the folder of extra test data)', async () => {
    for (const name of ['dig_phantom.nii.gz', 'dig_mask.nii.gz'])
      await copyFile(path.join(shared!, 'data', 'ibsi', name), path.join(folder, name));
    expect(await data.run(['ibsi', '--download', '--verify', '--out', folder])).toBe(0);
    expect(printed).toMatch(/it was complete already[^]*2 of 2 files have the registry's checksum/);
    expect(
      await data.run([
        'totalsegmentator',
        '--verify',
        '--json',
        '--out',
        path.join(shared!, 'data', 'totalsegmentator'),
      ]),
    ).toBe(0);
  });
});
