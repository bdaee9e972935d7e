/** A folder as `data/weights` with three small networks of random weights: two that are averaged and a small one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startEngine } from '../../lib/engine/engine.ts';
import { sha256 } from '../../lib/io/files.ts';
import { createAxUnet, modelConfig } from '../../lib/model/axunet.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { startPosition } from '../../lib/train/position.ts';
import { packRun } from '../../lib/weights/packedRun.ts';
import { indexName, type ShippedIndex } from '../../lib/weights/shippedIndex.ts';
import { seenExample } from '../predict/seen.ts';

const size = [64, 64] as const;

async function packed(folder: string, name: string, seed: number): Promise<ShippedIndex['members'][number]> {
  const shape = modelConfig({ variant: 'residual', width: 2, inputSize: size });
  const model = createAxUnet(shape, seed);
  const description = {
    axunet: '0.1.0',
    config: trainConfig({ width: 2, seed }),
    model: shape,
    grid: nativeGrid(...size),
    data: { dataset: 'nih-2d', mode: 'default' as const, unit: 'px' as const, slices: 20, sha256: '' },
    patients: { training: ['0001', '0002'], validation: [] },
  };
  const file = path.join(folder, `${name}.safetensors`);
  await packRun({ model, description, position: startPosition() }, file, { isHalf: true, keepsPatients: true });
  const bytes = await readFile(file);
  const parameters = model.countParams();
  model.dispose();
  const changes = { seed };
  return { name, file: `${name}.safetensors`, sha256: sha256(bytes), bytes: bytes.length, parameters, changes };
}

export async function writeShippedExample(folder: string): Promise<ShippedIndex> {
  await startEngine();
  mkdirSync(folder, { recursive: true });
  const members: ShippedIndex['members'][number][] = [];
  for (const [i, name] of ['one', 'two', 'small'].entries()) members.push(await packed(folder, name, i + 1));
  const index: ShippedIndex = {
    title: 'an example',
    dataset: 'nih-2d',
    licence: 'CC BY 3.0',
    attribution: 'Roth et al.',
    members,
    ensemble: ['one', 'two'],
    small: 'small',
    threshold: 0.4,
    seen: seenExample,
    slices: ['PANCREAS_0001-1001', 'PANCREAS_0002-1001'],
    made: { command: 'a test', engine: 'any', node: process.version, cpu: 'any' },
  };
  writeFileSync(path.join(folder, indexName), JSON.stringify(index));
  return index;
}
