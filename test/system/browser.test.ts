/** What a browser has in place of Node's own calls gives what Node's give. */
import * as crypto from 'node:crypto';
import * as nodeFs from 'node:fs';
import * as nodePromises from 'node:fs/promises';
import os from 'node:os';
import nodePath from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import * as browserCrypto from '../../lib/system/browser/crypto.ts';
import * as browserFs from '../../lib/system/browser/fs.ts';
import * as browserPromises from '../../lib/system/browser/fsPromises.ts';
import path from '../../lib/system/browser/path.ts';
import { setImmediate as later } from '../../lib/system/browser/timers.ts';
import * as unpack from '../../lib/system/browser/unpack.ts';
import * as browserZlib from '../../lib/system/browser/zlib.ts';
import * as nodeUnpack from '../../lib/system/unpack.ts';

describe('names', () => {
  const folder = nodePath.join(import.meta.dirname, '../../lib');
  it.each(['system', 'engine/system'])('are those of Node, in %s', (room) => {
    const here = nodeFs.readdirSync(nodePath.join(folder, room)).filter((name) => name.endsWith('.ts'));
    const there = nodeFs.readdirSync(nodePath.join(folder, room, 'browser'));
    expect(here.length).toBeGreaterThan(2);
    expect(here.filter((name) => !there.includes(name))).toEqual([]);
  });
});

describe('paths', () => {
  const places = fc.array(fc.constantFrom('a', 'b.c', '..', '.', '', '.x', 'd.tar.gz')).map((parts) => parts.join('/'));
  const absolute = places.map((place) => `/${place}`);
  const { posix } = nodePath;

  it('are joined, resolved and taken apart as by Node', () => {
    fc.assert(
      fc.property(places, places, absolute, absolute, (a, b, c, d) => {
        expect(path.join(a, b)).toBe(posix.join(a, b));
        expect(path.resolve(c, b)).toBe(posix.resolve(c, b));
        expect(path.relative(c, d)).toBe(posix.relative(c, d));
        for (const place of [a, c]) {
          expect(path.basename(place)).toBe(posix.basename(place));
          expect(path.dirname(place)).toBe(posix.dirname(place));
          expect(path.extname(place)).toBe(posix.extname(place));
          expect(path.isAbsolute(place)).toBe(posix.isAbsolute(place));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** What both do, errors by their code. */
const outcome = (f: () => unknown): unknown => {
  try {
    return f();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};
const later2 = (f: () => Promise<unknown>): Promise<unknown> => f().catch((error) => error.code);

describe('the disk in memory', () => {
  const real = nodeFs.mkdtempSync(nodePath.join(os.tmpdir(), 'axunet-disk-'));
  afterAll(() => nodeFs.rmSync(real, { recursive: true }));

  /** The same steps on a disk, with what each gives. */
  async function steps(fs: any, promises: any, root: string): Promise<unknown[]> {
    const at = (name: string): string => `${root}/${name}`;
    const seen: unknown[] = [];
    const note = (value: unknown): void => void seen.push(value);
    note(await later2(() => promises.mkdir(at('new'))));
    note(await later2(() => promises.mkdir(at('new'))));
    note(await later2(() => promises.mkdir(at('no/where'))));
    const handle = await promises.open(at('new/file'), 'wx');
    note(await handle.write(Uint8Array.of(1, 2, 3, 4), 1, 2, 0).then(({ bytesWritten }: any) => bytesWritten));
    await handle.writeFile(Uint8Array.of(9, 8));
    await handle.sync();
    await handle.close();
    note(await later2(() => promises.open(at('new/file'), 'wx')));
    note(await later2(() => promises.open(at('none'), 'r')));
    note(await later2(() => promises.open(at('new/file/below'), 'r')));
    await promises.rename(at('new/file'), at('new/other'));
    note(await promises.readdir(at('new')));
    note([...(await promises.readFile(at('new/other')))]);
    note(outcome(() => fs.readFileSync(at('new'))));
    note(outcome(() => fs.readdirSync(at('new/other'))));
    note(fs.existsSync(at('new/file')));
    const status = fs.statSync(at('new/other'));
    note([status.size, status.isFile(), status.isDirectory(), status.isSymbolicLink()]);
    note(fs.statSync(at('none'), { throwIfNoEntry: false }));
    note(outcome(() => fs.statSync(at('none'))));
    note(fs.readdirSync(root, { withFileTypes: true }).map((entry: any) => [entry.name, entry.isDirectory()]));
    const number = fs.openSync(at('new/other'), fs.constants.O_RDONLY);
    const into = new Uint8Array(3);
    note([fs.readSync(number, into, 1, 2, 1), ...into, fs.fstatSync(number).size]);
    fs.closeSync(number);
    const pieces: number[][] = [];
    for await (const piece of fs.createReadStream(at('new/other'), { highWaterMark: 3 })) pieces.push([...piece]);
    note(pieces);
    note(await later2(() => promises.rm(at('none'))));
    note(await later2(() => promises.rm(at('none'), { force: true })));
    await promises.rm(at('new'), { recursive: true });
    note([fs.existsSync(at('new')), fs.existsSync(at('new/other'))]);
    return seen;
  }

  it('answers as a real one', async () => {
    await browserPromises.mkdir('/root');
    const wanted = await steps(nodeFs, nodePromises, real);
    expect(await steps(browserFs, browserPromises, '/root')).toEqual(wanted);
    expect(wanted.slice(0, 3)).toEqual([undefined, 'EEXIST', 'ENOENT']);
  });
});

const bytesOf = (count: number): Buffer => Buffer.from(Array.from({ length: count }, (_, i) => (i * i) >> 3));

describe('packed bytes', () => {
  const bytes = bytesOf(300_000);
  const half = (packed: Buffer): Buffer => packed.subarray(0, packed.length >> 1);

  it('are unpacked as by zlib', () => {
    expect(browserZlib.gunzipSync(zlib.gzipSync(bytes)).equals(bytes)).toBe(true);
    expect(browserZlib.inflateSync(zlib.deflateSync(bytes)).equals(bytes)).toBe(true);
    expect(browserZlib.inflateRawSync(zlib.deflateRawSync(bytes)).equals(bytes)).toBe(true);
  });

  it('are packed so that zlib reads them', async () => {
    expect(zlib.inflateSync(browserZlib.deflateSync(bytes)).equals(bytes)).toBe(true);
    expect(zlib.gunzipSync(await browserZlib.gzip(bytes, { level: 1 })).equals(bytes)).toBe(true);
  });

  it('give their begin where they are cut off, if that is asked for', () => {
    const cut = half(zlib.gzipSync(bytes));
    const wanted = zlib.gunzipSync(cut, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    const found = browserZlib.gunzipSync(cut, { finishFlush: browserZlib.constants.Z_SYNC_FLUSH });
    expect(wanted.length).toBeGreaterThan(1000);
    expect(found.equals(wanted)).toBe(true);
    expect(() => browserZlib.gunzipSync(cut)).toThrow(/unexpected end/);
  });

  it('are refused where they are damaged, of another form, or more than wanted', () => {
    const damaged = zlib.gzipSync(bytes);
    damaged[damaged.length - 6]! ^= 1; // of the CRC
    expect(() => browserZlib.gunzipSync(damaged)).toThrow(/check/);
    expect(() => browserZlib.gunzipSync(zlib.deflateSync(bytes))).toThrow();
    expect(() => browserZlib.inflateRawSync(zlib.deflateRawSync(bytes), { maxOutputLength: 1000 })).toThrow(RangeError);
  });

  it('have the sums of zlib and of node:crypto', () => {
    expect(browserZlib.crc32(bytes.subarray(10), browserZlib.crc32(bytes.subarray(0, 10)))).toBe(zlib.crc32(bytes));
    for (const encoding of ['hex', 'base64'] as const)
      expect(browserCrypto.createHash('sha256').update('ab').update(bytes).digest(encoding)).toBe(
        crypto.createHash('sha256').update('ab').update(bytes).digest(encoding),
      );
    expect(browserCrypto.randomBytes(4).toString('hex')).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe('packed pieces', () => {
  const bytes = bytesOf(90_000);
  /** What comes out, how many packed bytes were taken, or the error. */
  async function through(from: typeof unpack | typeof nodeUnpack, packed: Buffer, piece: number) {
    const stream = (from as any).createGunzip({ chunkSize: 1 << 14 });
    const pieces = function* () {
      for (let at = 0; at < packed.length; at += piece) yield packed.subarray(at, at + piece);
    };
    const found: Buffer[] = [];
    try {
      for await (const each of (from as any).unpacked(pieces(), stream)) found.push(Buffer.from(each));
    } catch {
      return 'refused';
    }
    return [crypto.createHash('sha256').update(Buffer.concat(found)).digest('hex'), stream.bytesWritten];
  }
  const packed = zlib.gzipSync(bytes);
  const damaged = Buffer.from(packed);
  damaged[damaged.length - 6]! ^= 1;

  it.each([
    ['one member', packed],
    ['two members', Buffer.concat([packed, zlib.gzipSync(bytes.subarray(5))])],
    ['padding behind', Buffer.concat([packed, Buffer.alloc(700)])],
    ['a missing end', packed.subarray(0, -9)],
    ['a wrong checksum', damaged],
  ])('are unpacked as by zlib: %s', async (_, each) => {
    const wanted = await through(nodeUnpack, each, 1 << 20);
    for (const piece of [packed.length, 1000, 1 << 20]) expect(await through(unpack, each, piece)).toEqual(wanted);
  });

  it('leave a turn to others', async () => {
    let isDone = false;
    later(() => {
      isDone = true;
    });
    expect(isDone).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isDone).toBe(true);
  });
});
