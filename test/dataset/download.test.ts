import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadFile } from '../../lib/dataset/download.ts';
import type { RemoteFile } from '../../lib/dataset/registry.ts';
import { temporaryFolder } from './fixtures.ts';

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const quick = { retryDelayMs: 1, stallMs: 2000 };

/** What the local server does with a request: how it treats Range, and after how many bytes it cuts the connection. */
interface Behaviour {
  content: Buffer;
  etag: string;
  ranges: boolean;
  cutAfter: number[];
  status?: number;
  silent?: boolean;
}

describe('downloading', () => {
  let folder: string;
  let server: http.Server;
  let url: string;
  let file: string;
  let behaviour: Behaviour;
  let requests: { range?: string; ifRange?: string }[];

  const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const { range } = request.headers;
    const ifRange = request.headers['if-range'] as string | undefined;
    requests.push({ ...(range && { range }), ...(ifRange && { ifRange }) });
    if (behaviour.silent) return;
    if (behaviour.status) {
      response.writeHead(behaviour.status).end('sorry');
      return;
    }
    const { content, etag } = behaviour;
    const continues = behaviour.ranges && range && (!ifRange || ifRange === etag);
    const from = continues ? Number(/\d+/.exec(range)![0]) : 0;
    if (continues && from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const body = content.subarray(from);
    const headers = {
      'content-length': body.length,
      etag,
      ...(continues && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    };
    response.writeHead(continues ? 206 : 200, headers);
    const cut = behaviour.cutAfter.shift();
    if (cut === undefined) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 250)); // time for a busy client to have it
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = path.join(folder, 'set', 'file.bin');
    requests = [];
    behaviour = { content: randomBytes(300_000), etag: '"v1"', ranges: true, cutAfter: [] };
    server = http.createServer(answer);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await rm(folder, { recursive: true, force: true });
  });

  const remote = (): RemoteFile => ({
    path: 'file.bin',
    url,
    bytes: behaviour.content.length,
    sha256: sha256(behaviour.content),
  });
  const leftovers = (): string[] => ['.part', '.part.etag'].filter((end) => existsSync(file + end));

  it('fetches, checks and renames; a second call keeps the file without asking the server', async () => {
    const seen: number[] = [];
    expect(await downloadFile(remote(), file, { ...quick, onProgress: (bytes) => seen.push(bytes) })).toBe(
      'downloaded',
    );
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
    expect(seen.at(-1)).toBe(300_000);
    expect(await downloadFile(remote(), file, quick)).toBe('kept');
    expect(requests).toHaveLength(1);
    expect(leftovers()).toEqual([]);
  });

  it('continues after cut connections where they stopped', async () => {
    behaviour.cutAfter = [100_000, 50_000];
    await downloadFile(remote(), file, quick);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
    expect(requests).toHaveLength(3);
    const starts = requests.slice(1).map((r) => Number(/\d+/.exec(r.range!)![0]));
    expect(starts[0]).toBeGreaterThan(0);
    expect(starts[1]).toBeGreaterThan(starts[0]!);
    expect(requests[1]!.ifRange).toBe('"v1"');
  });

  it('gives up after so many tries, keeps the part, and a later call continues it', async () => {
    behaviour.cutAfter = [100_000, 10_000];
    await expect(downloadFile(remote(), file, { ...quick, attempts: 2 })).rejects.toThrow(
      /broke off 2 times.*the same command continues it/,
    );
    expect(existsSync(file)).toBe(false);
    await downloadFile(remote(), file, quick);
    expect(requests[2]!.range).toMatch(/^bytes=\d{5,6}-$/);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
  });

  it('starts afresh when the server ignores Range, or has another version by now', async () => {
    behaviour.ranges = false;
    behaviour.cutAfter = [100_000];
    await downloadFile(remote(), file, quick);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);

    await rm(file);
    Object.assign(behaviour, { ranges: true, cutAfter: [100_000] });
    await expect(downloadFile(remote(), file, { ...quick, attempts: 1 })).rejects.toThrow('broke off');
    Object.assign(behaviour, { content: randomBytes(200_000), etag: '"v2"' });
    await downloadFile(remote(), file, quick);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
  });

  it('asks afresh when nothing lies behind the part it has', async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.part`, Buffer.alloc(400_000));
    await downloadFile(remote(), file, quick);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
  });

  it('finishes a part that is whole already but for its name', async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.part`, behaviour.content);
    await downloadFile(remote(), file, quick);
    expect((await readFile(file)).equals(behaviour.content)).toBe(true);
    expect(requests).toEqual([{ range: 'bytes=300000-' }]);
  });

  it('refuses a wrong checksum or length, removes the part and leaves an older file alone', async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'older');
    await expect(downloadFile({ ...remote(), sha256: '0'.repeat(64) }, file, quick)).rejects.toThrow(
      /not the file the registry knows: expected sha256 0000.*found [0-9a-f]{64}/,
    );
    await expect(downloadFile({ ...remote(), bytes: 5 }, file, quick)).rejects.toThrow(
      'expected 5 bytes, found 300000',
    );
    const md5 = createHash('md5').update(behaviour.content).digest('hex');
    await expect(downloadFile({ path: 'file.bin', url, md5: 'f'.repeat(32) }, file, quick)).rejects.toThrow(
      `found ${md5}`,
    );
    expect(await readFile(file, 'utf8')).toBe('older');
    expect(leftovers()).toEqual([]);
  });

  it('says at once that an address is gone, and tries a busy server again', async () => {
    behaviour.status = 404;
    await expect(downloadFile(remote(), file, quick)).rejects.toThrow(
      /Expected the file, found HTTP 404 Not Found in http:/,
    );
    expect(requests).toHaveLength(1);
    behaviour.status = 503;
    await expect(downloadFile(remote(), file, { ...quick, attempts: 3 })).rejects.toThrow(
      /broke off 3 times \(HTTP 503\)/,
    );
    expect(requests).toHaveLength(4);
  });

  it('says that there is no network', async () => {
    const port = (server.address() as AddressInfo).port;
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await expect(downloadFile(remote(), file, quick)).rejects.toThrow(
      `127.0.0.1:${port} cannot be reached (ECONNREFUSED): there is no network, or the address has moved`,
    );
    await expect(downloadFile({ ...remote(), url: 'http://no-such-host.invalid/x' }, file, quick)).rejects.toThrow(
      /no-such-host.invalid cannot be reached/,
    );
    server.listen(0);
  });

  it('takes a silent server for a broken connection', async () => {
    behaviour.silent = true;
    await expect(downloadFile(remote(), file, { attempts: 2, retryDelayMs: 1, stallMs: 100 })).rejects.toThrow(
      'broke off 2 times',
    );
  });
});
