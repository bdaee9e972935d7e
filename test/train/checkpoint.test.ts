import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../lib/io/files.ts';
import { type Checkpoint, readCheckpoint, readNewestCheckpoint, saveCheckpoint } from '../../lib/train/checkpoint.ts';
import { disk } from './fullDisk.ts';

vi.mock('node:fs/promises', async (original) => (await import('./fullDisk.ts')).limitWrites(await original()));

const content = (step: number): Checkpoint<{ step: number }> => ({
  meta: { step },
  arrays: {
    weights: {
      kernel: { shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => i + step) },
      bias: { shape: [2], data: Float32Array.of(-0, NaN) },
    },
    state: { stepCount: { shape: [1], data: Float32Array.of(step) }, empty: { shape: [0], data: new Float32Array(0) } },
  },
});
const newest = (run: string, said: string[] = []) =>
  readNewestCheckpoint<{ step: number }>(run, 'last', (message) => said.push(message));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-checkpoint-'));
});
afterEach(() => {
  disk.bytesLeft = Infinity;
  rmSync(folder, { recursive: true, force: true });
});

describe('a checkpoint', () => {
  it('comes back bit for bit, with names, shapes and order', async () => {
    await saveCheckpoint(folder, 'last', content(7));
    const { meta, arrays } = await readCheckpoint(path.join(folder, 'last'));
    expect(meta).toEqual({ step: 7 });
    expect(arrays).toEqual(content(7).arrays);
    expect(Object.is(arrays.weights.bias.data[0], -0)).toBe(true);
    expect(Object.keys(arrays.weights)).toEqual(['kernel', 'bias']);
  });

  it('keeps the one before, and no third one', async () => {
    for (const step of [1, 2, 3]) await saveCheckpoint(folder, 'last', content(step));
    expect(readdirSync(folder).sort()).toEqual(['last', 'previous']);
    expect((await readCheckpoint<{ step: number }>(path.join(folder, 'previous'))).meta.step).toBe(2);
  });

  it('is understood by sha256sum', async () => {
    await saveCheckpoint(folder, 'best', content(1));
    const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path.join(folder, 'best') }).toString();
    expect(said).toBe('checkpoint.json: OK\nweights.bin: OK\nstate.bin: OK\n');
  });

  it('is absent where none was saved, and an array of the wrong length is refused', async () => {
    expect(await newest(folder)).toBeUndefined();
    expect(await newest(path.join(folder, 'nowhere'))).toBeUndefined();
    const wrong = { meta: {}, arrays: { weights: { kernel: { shape: [4], data: new Float32Array(3) } } } };
    await expect(saveCheckpoint(folder, 'last', wrong)).rejects.toThrow('Expected 4 values for kernel [4], found 3');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a damaged checkpoint is detected and the previous one used', () => {
  beforeEach(async () => {
    await saveCheckpoint(folder, 'last', content(1));
    await saveCheckpoint(folder, 'last', content(2));
  });

  /** Damages one file in every way of `damages`, one after the other, and expects the previous checkpoint each time. */
  async function expectPrevious(file: string, damage: (whole: Buffer, at: number) => Buffer): Promise<void> {
    const target = path.join(folder, 'last', file);
    const whole = readFileSync(target);
    for (let at = 0; at < whole.length; at += whole.length > 100 ? 4 : 1) {
      writeFileSync(target, damage(whole, at));
      const said: string[] = [];
      const found = await newest(folder, said);
      expect(found?.meta.step, `${file}, byte ${at}`).toBe(1);
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/^Skipped the damaged checkpoint .*last: Expected .* found /);
    }
    writeFileSync(target, whole);
    expect((await newest(folder))?.meta.step).toBe(2);
  }

  for (const file of ['SHA256SUMS', 'checkpoint.json', 'weights.bin', 'state.bin']) {
    it(`${file} cut off after any byte (long files: every fourth)`, () =>
      expectPrevious(file, (whole, at) => whole.subarray(0, at)));
    it(`${file} with any byte changed`, () =>
      expectPrevious(file, (whole, at) => {
        const changed = Buffer.from(whole);
        changed[at] ^= 0x20; // turns a hexadecimal digit into its capital
        return changed;
      }));
    it(`${file} missing, or with a byte too many`, async () => {
      const target = path.join(folder, 'last', file);
      truncateSync(target, readFileSync(target).length + 1);
      expect((await newest(folder))?.meta.step).toBe(1);
      rmSync(target);
      expect((await newest(folder))?.meta.step).toBe(1);
    });
  }

  it.each(['last', 'best'] as const)('and when the other slot than "%s" is whole, that is suggested', async (slot) => {
    rmSync(folder, { recursive: true });
    const other: 'best' | 'last' = slot === 'last' ? 'best' : 'last';
    for (const each of [slot, other] as const) await saveCheckpoint(folder, each, content(1));
    truncateSync(path.join(folder, slot, 'weights.bin'), 2);
    const read = () => readNewestCheckpoint(folder, slot, () => {});
    await expect(read()).rejects.toThrow(
      new RegExp(`^Expected a whole checkpoint "${slot}" .*weights\\.bin; "${other}" is whole: .*--weights ${other}`),
    );
    truncateSync(path.join(folder, other, 'weights.bin'), 2);
    await expect(read()).rejects.toThrow(/weights\.bin$/);
  });

  it('and when both are damaged, the run is refused with both reasons', async () => {
    for (const name of ['last', 'previous']) truncateSync(path.join(folder, name, 'state.bin'), 2);
    await expect(newest(folder)).rejects.toThrow(/found only damaged ones: .*4 bytes.*4 bytes/);
  });

  it('a process killed between the two renames leaves the previous one to be found', async () => {
    cpSync(path.join(folder, 'last'), path.join(folder, '.saving-last'), { recursive: true });
    rmSync(path.join(folder, 'last'), { recursive: true });
    expect((await newest(folder))?.meta.step).toBe(1);
    await saveCheckpoint(folder, 'last', content(3));
    expect(readdirSync(folder).sort()).toEqual(['last', 'previous']);
    expect((await newest(folder))?.meta.step).toBe(3);
  });
});

describe('a full disk', () => {
  it('gives one clear sentence and keeps the last good checkpoint, wherever the space runs out', async () => {
    await saveCheckpoint(folder, 'last', content(1));
    await saveCheckpoint(folder, 'last', content(2));
    const before = readdirSync(folder);
    for (const bytesLeft of [0, 10, 32, 35, 36, 300, 400, 500]) {
      disk.bytesLeft = bytesLeft;
      await expect(saveCheckpoint(folder, 'last', content(3))).rejects.toThrow(
        `Could not write the checkpoint "last" in ${folder}: there is no space left on the disk; ` +
          'the last good checkpoint is kept, so free some space or mend the cause, then resume',
      );
      expect(readdirSync(folder)).toEqual(before);
      expect((await newest(folder))?.meta.step).toBe(2);
    }
  });
});

/** Changes checkpoint.json of the last checkpoint and signs it anew, as somebody with bad intentions would. */
function forge(run: string, change: (json: any) => unknown): void {
  const [file, sums] = ['checkpoint.json', 'SHA256SUMS'].map((name) => path.join(run, 'last', name));
  const text = JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8'))));
  writeFileSync(file, text);
  const [, ...others] = readFileSync(sums, 'utf8').split('\n');
  writeFileSync(sums, [`${sha256(text)}  checkpoint.json`, ...others].join('\n'));
}

describe('an index that was signed anew', () => {
  it('reads no array from outside of the checkpoint', async () => {
    await saveCheckpoint(folder, 'last', content(1));
    writeFileSync(path.join(folder, 'secret.bin'), Buffer.alloc(32));
    forge(folder, ({ index, ...rest }) => ({ ...rest, index: { '../secret': index.weights } }));
    await expect(readCheckpoint(path.join(folder, 'last'))).rejects.toThrow(
      /^Expected a path inside .*last, found "\.\.\/secret\.bin" in .*checkpoint\.json$/,
    );
  });
  it('is refused in a sentence that names the place where its tables are missing or are none', async () => {
    const file = path.join(folder, 'last', 'checkpoint.json');
    for (const [change, found] of [
      [(json: any) => ({ format: json.format, meta: json.meta }), 'with index, found nothing'],
      [(json: any) => ({ ...json, index: null }), 'whose index is an object, found null'],
      [(json: any) => ({ ...json, index: { weights: 3 } }), 'whose index.weights is a list, found 3'],
      [(json: any) => ({ ...json, index: { weights: [null] } }), 'whose index.weights[0] is an object, found null'],
      [
        (json: any) => ({ ...json, index: { weights: [{ name: 'a', shape: [-1] }] } }),
        'whose index.weights[0].shape[0] is a whole number of 0 or more, found -1',
      ],
      [() => null, ', found null'],
    ] as const) {
      rmSync(path.join(folder, 'last'), { recursive: true, force: true });
      await saveCheckpoint(folder, 'last', content(1));
      forge(folder, change);
      const sentence = `Expected the index of a checkpoint${found.startsWith(',') ? '' : ' '}${found} in ${file}`;
      await expect(readCheckpoint(path.join(folder, 'last'))).rejects.toThrow(sentence);
      rmSync(path.join(folder, 'previous'), { recursive: true, force: true });
    }
  });
  it('allocates nothing for a table that promises more than its file holds', async () => {
    await saveCheckpoint(folder, 'last', content(1));
    forge(folder, (json) => ({ ...json, index: { weights: [{ name: 'a', shape: [1e6, 1e6] }] } }));
    await expect(readCheckpoint(path.join(folder, 'last'))).rejects.toThrow('Expected 4000000000000 bytes, found 32');
  });
});
