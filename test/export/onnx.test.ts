/**
 * ONNX files field by field, and in two programs where they are: onnxruntime for Node (`npm install --no-save
 * onnxruntime-node`, 290 MB, so no dependency), and ONNX's checker with onnxruntime in the Python of AXUNET_PEER_PYTHON.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { onnxFile } from '../../lib/export/onnx.ts';
import { type ModelConfig, variants } from '../../lib/model/axunet.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { logitTolerance, randomNetwork } from './randomNetwork.ts';
import { all, numberAt, textAt } from './readProtobuf.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-onnx-'));
beforeAll(() => startEngine());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** [n, h, w, c] as [n, c, h, w]. */
const channelsFirst = (images: tf.Tensor4D): Float32Array =>
  tf.tidy(() => tf.transpose(images, [0, 3, 1, 2]).dataSync<'float32'>().slice());

interface Made {
  readonly file: Buffer;
  readonly image: Float32Array;
  readonly logits: Float32Array;
  readonly shape: number[];
}

async function made(given: Partial<ModelConfig>): Promise<Made> {
  const { model, network, image, logits } = await randomNetwork(given);
  const [n, height, width, channels] = image.shape;
  const result = {
    file: Buffer.concat(onnxFile(network, { 'axunet.version': '1.2.3', 'axunet.grid': '{}' })),
    image: channelsFirst(image),
    logits: channelsFirst(logits),
    shape: [n, channels, height, width],
  };
  for (const each of [model, image, logits]) each.dispose();
  return result;
}

const farthestOf = (a: Float32Array, b: Float32Array): number =>
  a.reduce((d, v, i) => Math.max(d, Math.abs(v - b[i]!)), 0);
/** All variants, and the smallest image. */
const cases: (readonly [string, Partial<ModelConfig>])[] = [
  ...variants.map((variant) => [variant, { variant }] as const),
  ['smallest', { variant: 'residual', inputSize: [16, 16], width: 2, classes: 2 }],
];

describe('an ONNX file', () => {
  it('says which version it is of, and what is to be known of the network', async () => {
    const { file } = await made({ variant: 'residual' });
    expect(numberAt(file, 1)).toBe(8); // IR version
    expect(textAt(file, 2)).toBe('axunet');
    expect(textAt(file, 3)).toBe('1.2.3');
    expect(numberAt(all(file, 8)[0]!, 2)).toBe(17); // opset
    expect(all(file, 14).map((entry) => [textAt(entry, 1), textAt(entry, 2)])).toEqual([
      ['axunet.version', '1.2.3'],
      ['axunet.grid', '{}'],
    ]);
  });

  it.each(variants)('of the variant %s computes nothing before what it needs', async (variant) => {
    const [graph] = all((await made({ variant })).file, 7) as [Buffer];
    const known = new Set(['image', ...all(graph, 5).map((tensor) => textAt(tensor, 8))]);
    for (const node of all(graph, 1)) {
      const inputs = all(node, 1).map((input) => input.toString());
      expect(inputs.filter((input) => !known.has(input))).toEqual([]);
      known.add(textAt(node, 2));
    }
    expect(known).toContain('logits');
  });

  it('has arrays of as many numbers as their shapes say', async () => {
    const [graph] = all((await made({ variant: 'grouped' })).file, 7) as [Buffer];
    for (const tensor of all(graph, 5)) {
      const sides = [...(all(tensor, 1)[0] ?? [])].reduce<number[]>((so, byte, i, bytes) => {
        const goesOn = i > 0 && bytes[i - 1]! > 127;
        return goesOn ? [...so.slice(0, -1), so.at(-1)! + 128 * byte] : [...so, byte & 127];
      }, []);
      const size = sides.reduce((product, side) => product * side, 1);
      const bytesPerNumber = numberAt(tensor, 2) === 1 ? 4 : 8; // float32 or int64
      expect(all(tensor, 9)[0]!.length, textAt(tensor, 8)).toBe(size * bytesPerNumber);
    }
  });
});

interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => unknown;
  readonly InferenceSession: {
    create(file: Uint8Array): Promise<{ run(feeds: object): Promise<{ logits: { data: Float32Array } }> }>;
  };
}
function nodeRuntime(): Runtime | undefined {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime;
  } catch {
    return undefined;
  }
}
const runtime = nodeRuntime();
const whyNoRuntime = runtime ? '' : ' (skipped: npm install --no-save onnxruntime-node)';

describe.skipIf(!runtime)(`an ONNX file in onnxruntime for Node${whyNoRuntime}`, () => {
  it.each(cases)('has the logits of our network: %s', async (_, config) => {
    const { Tensor, InferenceSession } = runtime!;
    const { file, image, logits, shape } = await made(config);
    const session = await InferenceSession.create(file);
    const answer = await session.run({ image: new Tensor('float32', image, shape) });
    expect(farthestOf(answer.logits.data, logits)).toBeLessThan(logitTolerance);
  });
});

const python = settings.peerPython;
const hasOnnx = python !== undefined && spawnSync(python, ['-c', 'import onnx, onnxruntime']).status === 0;
const whyNoPython = hasOnnx ? '' : ' (skipped: AXUNET_PEER_PYTHON names no Python with onnx and onnxruntime)';

describe.skipIf(!hasOnnx)(`an ONNX file in Python${whyNoPython}`, () => {
  it('passes the checker and has the logits of our network, all variants', async () => {
    const networks = await Promise.all(cases.map(async ([name, config]) => [name, await made(config)] as const));
    for (const [name, { file, image }] of networks) {
      writeFileSync(path.join(folder, `${name}.onnx`), file);
      writeFileSync(path.join(folder, `${name}.image`), image);
    }
    const { status, stderr, stdout } = spawnSync(python!, [projectPath('test/export/onnx.py'), folder], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(networks.length);
    for (const [name, { logits }] of networks) {
      const theirs = new Float32Array(new Uint8Array(readFileSync(path.join(folder, `${name}.logits`))).buffer);
      expect(theirs).toHaveLength(logits.length);
      expect(farthestOf(theirs, logits), name).toBeLessThan(logitTolerance);
    }
  });
});
