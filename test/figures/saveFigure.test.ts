/** Figures as files, with where they come from. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveFigure } from '../../lib/figures/saveFigure.ts';
import { curve } from './curve.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('saveFigure', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-figures-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes PNG, SVG and a complete provenance', async () => {
    const input = path.join(folder, 'input.bin');
    writeFileSync(input, 'abc');
    const saved = await saveFigure(folder, 'curve', curve, {
      parameters: { width: 8 },
      inputs: [input],
      seed: 7,
      command: 'npm start',
    });
    const record = JSON.parse(readFileSync(saved.json, 'utf8'));
    expect(record).toMatchObject({
      figure: 'curve',
      title: 'Loss ± µ',
      parameters: { width: 8 },
      seed: 7,
      command: 'npm start',
      createdBy: expect.stringMatching(/^axunet \d+\.\d+\.\d+$/),
    });
    // FIPS 180-2, appendix B.1
    expect(Object.values(record.inputs)).toEqual(['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']);
    expect(path.isAbsolute(Object.keys(record.inputs)[0]!)).toBe(false);
    expect(record.version.package).toMatch(/^\d+\.\d+\.\d+$/);
    expect(record.files).toEqual({
      'curve.png': sha256(readFileSync(saved.png)),
      'curve.svg': sha256(readFileSync(saved.svg)),
    });
    expect(record).not.toHaveProperty('createdAt');
  });

  it('writes the same three files again', async () => {
    const read = (saved: Awaited<ReturnType<typeof saveFigure>>): string[] =>
      Object.values(saved).map((file) => sha256(readFileSync(file as string)));
    const first = read(await saveFigure(folder, 'again', curve, { seed: 1 }));
    expect(read(await saveFigure(folder, 'again', structuredClone(curve), { seed: 1 }))).toEqual(first);
  });

  it('refuses an input that is not there, and writes nothing', async () => {
    await expect(saveFigure(folder, 'missing', curve, { inputs: [path.join(folder, 'absent.npy')] })).rejects.toThrow(
      /absent\.npy/,
    );
    expect(() => readFileSync(path.join(folder, 'missing.png'))).toThrow();
  });
});
