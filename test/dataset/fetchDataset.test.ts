/** Whole sets from a server on this machine. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileProblem } from '../../lib/dataset/download.ts';
import { checkFiles, fetchDataset } from '../../lib/dataset/fetchDataset.ts';
import { type DatasetEntry, datasetEntry } from '../../lib/dataset/registry.ts';
import { temporaryFolder } from './fixtures.ts';

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const quick = { retryDelayMs: 1, stallMs: 2000 };

describe('fetchDataset', () => {
  let folder: string;
  let server: http.Server;
  let address: string;
  let served: Record<string, Buffer>;
  let asked: string[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    [served, asked] = [{}, []];
    server = http.createServer((request, response) => {
      asked.push(request.url!);
      const content = served[request.url!];
      if (content) response.writeHead(200, { 'content-length': content.length }).end(content);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await rm(folder, { recursive: true, force: true });
  });
  const entryWith = (download: DatasetEntry['download']): DatasetEntry => ({ ...datasetEntry('msd-task07'), download });

  it('unpacks an archive, without the folder around it, and removes it', async () => {
    const source = path.join(folder, 'Task07_Pancreas', 'imagesTr');
    await mkdir(source, { recursive: true });
    await writeFile(path.join(source, 'pancreas_001.nii.gz'), 'x');
    expect(spawnSync('tar', ['-cf', path.join(folder, 'a.tar'), '-C', folder, 'Task07_Pancreas']).status).toBe(0);
    served['/a.tar'] = await readFile(path.join(folder, 'a.tar'));
    const out = path.join(folder, 'data', 'msd-task07');
    const entry = entryWith({
      archive: { path: 'Task07_Pancreas.tar', url: `${address}/a.tar`, sha256: sha256(served['/a.tar']) },
    });
    const notes: string[] = [];
    const onProgress = (done: number, files: number, note: string): void => void notes.push(`${done}/${files} ${note}`);
    expect(await fetchDataset(entry, out, { ...quick, onProgress })).toBe(1);
    expect(notes.at(-1)).toBe('1/1 Task07_Pancreas.tar');
    expect(await readFile(path.join(out, 'imagesTr', 'pancreas_001.nii.gz'), 'utf8')).toBe('x');
    expect(existsSync(path.join(folder, 'data', 'Task07_Pancreas.tar'))).toBe(false);
    await expect(fetchDataset(entry, out, quick)).rejects.toThrow('is not empty');
    expect(asked).toEqual(['/a.tar']);
  });

  it('says in one sentence that an archive is damaged or gone, and that a set has no address', async () => {
    served['/a.tar'] = Buffer.alloc(5000, 'no archive');
    const archive = { path: 'Task07_Pancreas.tar', url: `${address}/a.tar` };
    await expect(fetchDataset(entryWith({ archive }), path.join(folder, 'out'), quick)).rejects.toThrow(
      /tar could not unpack/,
    );
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
    const gone = entryWith({ archive: { path: 'b.tar', url: `${address}/gone.tar` } });
    await expect(fetchDataset(gone, path.join(folder, 'out'), quick)).rejects.toThrow('HTTP 404');
    await expect(fetchDataset(datasetEntry('nih-pancreas-ct'), folder)).rejects.toThrow(
      /no public address.*NBIA Data Retriever/,
    );
  });
});

describe('checkFiles', () => {
  it('names every file that is missing or differs from its checksum', async () => {
    const folder = await temporaryFolder();
    const { checked, problems } = await checkFiles(datasetEntry('ibsi'), folder);
    expect([checked, problems]).toEqual([2, ['dig_phantom.nii.gz: missing', 'dig_mask.nii.gz: missing']]);
    await writeFile(path.join(folder, 'dig_mask.nii.gz'), Buffer.alloc(99));
    expect((await checkFiles(datasetEntry('ibsi'), folder)).problems[1]).toMatch(
      /^dig_mask.nii.gz: expected sha256 3032d340/,
    );
    expect(await fileProblem(path.join(folder, 'dig_mask.nii.gz'), { bytes: 99 })).toBeUndefined();
    await rm(folder, { recursive: true });
  });
  it('has nothing to check where the set is an archive or has no address', async () => {
    expect(await checkFiles(datasetEntry('msd-task07'), 'nowhere')).toEqual({ checked: 0, problems: [] });
    expect(await checkFiles(datasetEntry('phantom'), 'nowhere')).toEqual({ checked: 0, problems: [] });
  });
});
