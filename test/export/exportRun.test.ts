import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { type ExportedNetwork, exportNetwork } from '../../lib/export/exportRun.ts';
import { createAxUnet, modelConfig } from '../../lib/model/axunet.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { startPosition } from '../../lib/train/position.ts';
import { loadNetwork } from '../../lib/weights/loadNetwork.ts';
import { readSafetensors } from '../../lib/weights/safetensors.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-export-'));
const at = (name: string): string => path.join(folder, name);
let trained: ExportedNetwork;
beforeAll(async () => {
  await startEngine();
  const model = modelConfig({ variant: 'unet', width: 1, inputSize: [16, 16] });
  trained = {
    model: createAxUnet(model, 1),
    description: {
      axunet: '1.2.3',
      config: trainConfig({ variant: 'unet', width: 1 }),
      model,
      grid: nativeGrid(16, 16),
      data: { dataset: 'phantom', mode: 'default', windowHu: [-160, 240], unit: 'mm', slices: 1, sha256: '' },
      patients: { training: ['a'], validation: [] },
    },
    position: startPosition(),
    windowHu: [-160, 240],
  };
});
afterAll(() => {
  trained.model.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('exportNetwork', () => {
  it('writes each format to its place and tells them', async () => {
    const targets = { onnx: at('a/n.onnx'), tfjs: at('a/tfjs'), savedModel: at('a/saved') };
    expect(await exportNetwork(trained, targets)).toEqual([at('a/n.onnx'), at('a/tfjs'), at('a/saved')]);
    expect(readdirSync(at('a/tfjs')).sort()).toEqual(['axunet.json', 'model.json', 'weights.bin']);
    expect(readdirSync(at('a/saved')).sort()).toEqual(['axunet.json', 'saved_model.pb']);
    const about = JSON.parse(readFileSync(at('a/saved/axunet.json'), 'utf8')) as Record<string, string>;
    expect(about).toMatchObject({ 'axunet.version': '1.2.3', 'axunet.dataset': 'phantom' });
  });

  it('writes safetensors that --run takes, with the same texts, and says where --half does not belong', async () => {
    await exportNetwork(trained, { safetensors: at('n.safetensors'), half: true });
    const again = await loadNetwork(at('n.safetensors'));
    expect(again.description).toEqual({
      ...trained.description,
      patients: { training: ['unnamed-1'], validation: [] },
    });
    again.model.dispose();
    expect((await readSafetensors(at('n.safetensors'))).metadata).toMatchObject({ 'axunet.dataset': 'phantom' });
    await expect(exportNetwork(trained, { onnx: at('m.onnx'), half: true })).rejects.toThrow(
      /^Expected --half only with --safetensors/,
    );
    await expect(exportNetwork(trained, { safetensors: at('n.bin') })).rejects.toThrow(
      /\.safetensors, found "n\.bin"$/,
    );
  });

  it('writes the same bytes again', async () => {
    await exportNetwork(trained, { onnx: at('first.onnx') });
    await exportNetwork(trained, { onnx: at('second.onnx') });
    expect(readFileSync(at('first.onnx')).equals(readFileSync(at('second.onnx')))).toBe(true);
  });

  it('replaces nothing unless it is told to, and then nothing else', async () => {
    mkdirSync(at('taken'));
    writeFileSync(at('taken/model.json'), 'mine');
    writeFileSync(at('taken/notes.txt'), 'mine too');
    writeFileSync(at('taken.onnx'), 'mine');
    await expect(exportNetwork(trained, { onnx: at('taken.onnx') })).rejects.toThrow(
      /^Expected a file that is not there yet, or --force to replace it, found one in .*taken\.onnx$/,
    );
    await expect(exportNetwork(trained, { onnx: at('new.onnx'), tfjs: at('taken') })).rejects.toThrow(
      /^Expected a folder that is empty or not there yet, or --force to replace files in it, found one with 2 in it/,
    );
    expect(existsSync(at('new.onnx'))).toBe(false); // nothing of what was asked for
    await exportNetwork(trained, { onnx: at('taken.onnx'), tfjs: at('taken'), force: true });
    expect(readFileSync(at('taken/notes.txt'), 'utf8')).toBe('mine too');
    expect(readFileSync(at('taken/model.json'), 'utf8')).not.toBe('mine');
    expect(readFileSync(at('taken.onnx')).length).toBeGreaterThan(1000);
  });

  it('refuses no format, one place for two, a folder as a file and a file as a folder, also when forced', async () => {
    await expect(exportNetwork(trained, {})).rejects.toThrow(/^Expected a format to export to .*, found none$/);
    await expect(exportNetwork(trained, { tfjs: at('x'), savedModel: at('./x') })).rejects.toThrow(
      /^Expected a place of its own for each format, found one given twice/,
    );
    mkdirSync(at('folder'));
    writeFileSync(at('file'), '');
    await expect(exportNetwork(trained, { onnx: at('folder'), force: true })).rejects.toThrow(
      /^Expected the name of a file, found a folder/,
    );
    await expect(exportNetwork(trained, { savedModel: at('file'), force: true })).rejects.toThrow(
      /^Expected the name of a folder, found a file/,
    );
  });
});
