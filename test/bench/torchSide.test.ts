/** What time-to-dice compares is the same on both sides: network, steps, window and kinds of augmentation. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineWith, runProgram } from '../../bench/program.ts';
import { checkSchema } from '../../bench/time-to-dice-record.ts';
import { type DiceTask, taskOf, writeTask } from '../../bench/time-to-dice-task.ts';
import { encodeNpy } from '../../lib/io/npy.ts';
import { list, object, realNumber } from '../../lib/io/schema.ts';
import { makeBatch } from '../../lib/preprocess/batches.ts';
import { elasticRows } from '../../lib/preprocess/elastic.ts';
import { resampleToSource } from '../../lib/preprocess/grid.ts';
import { foregroundBox } from '../../lib/preprocess/manifest.ts';
import { openSlices, type SliceSet } from '../../lib/preprocess/sliceSet.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';

const python = settings.peerPython;
const hasTorch = python !== undefined && spawnSync(python, ['-c', 'import torch, safetensors']).status === 0;
const why = 'AXUNET_PEER_PYTHON names no Python with torch and safetensors';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-torch-'));
const [height, width, count] = [96, 128, 5];
let slices: SliceSet;
let task: DiceTask;

/** Waves with a disc as the organ. */
function makeSlice(k: number) {
  const plane = Float32Array.from({ length: height * width }, (_, p) => {
    const [y, x] = [Math.floor(p / width), p % width];
    return 0.5 + 0.25 * Math.sin(y / (5 + k)) + 0.25 * Math.cos(x / 7);
  });
  const label = Uint8Array.from(plane, (_, p) =>
    Math.hypot(Math.floor(p / width) - 40 - 2 * k, (p % width) - 60) < 14 ? 1 : 0,
  );
  const image = new Float32Array(3 * plane.length);
  for (const c of [0, 1, 2]) image.set(plane, c * plane.length);
  return { image, label };
}

async function makeSlices(): Promise<SliceSet> {
  mkdirSync(path.join(folder, 'data'));
  const entries = Array.from({ length: count }, (_, k) => {
    const { image, label } = makeSlice(k);
    const [id, files] = [`case-${k}`, { image: `data/image-${k}.npy`, label: `data/label-${k}.npy` }];
    writeFileSync(path.join(folder, files.image), encodeNpy({ data: image, shape: [3, height, width] }));
    writeFileSync(path.join(folder, files.label), encodeNpy({ data: label, shape: [1, height, width] }));
    const box = foregroundBox(label, width);
    return { id, case: id, patient: id, z: 0, ...files, height, width, spacingMm: [1, 1], ...box };
  });
  const head = { version: 1, dataset: 'nih-2d', mode: 'default', unit: 'px' };
  const manifest = { ...head, slices: entries, cases: [], failed: [], pending: [] };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  return openSlices(folder);
}

/** What a Python program with our modules at hand prints as its last line of JSON. */
const inPython = (code: string) =>
  runProgram(python!, ['-c', `import json, sys, torch\nsys.path.insert(0, "bench")\n${code}`], {
    env: { OMP_NUM_THREADS: '1' },
  });

const values = object({ values: list(realNumber) });

describe.skipIf(!hasTorch)(`time-to-dice on both sides${hasTorch ? '' : ` (${why})`}`, () => {
  beforeAll(async () => {
    slices = await makeSlices();
    const all = slices.entries.map(({ patient }) => patient);
    const split = { slices, training: all.slice(0, 4), validation: [], test: all.slice(4) };
    const places = { out: path.join(folder, 'out'), reference: path.join(folder, 'reference.safetensors') };
    task = taskOf(split, { epochs: 1, every: 1, threads: 1, ...places });
    mkdirSync(task.out);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the same parameters, logits, losses of three steps and averages, and reads the same window', async () => {
    const file = await writeTask(task);
    const script = projectPath('bench/time-to-dice-ours.ts');
    await runProgram(process.execPath, [...flags, script, 'check', file]);
    const [program, env] = [projectPath('bench/time_to_dice_torch.py'), { OMP_NUM_THREADS: '1' }];
    const found = lineWith(await runProgram(python!, [program, 'check', file], { env }), 'parameters', checkSchema);
    expect(found.parameters).toBe(1_869_826);
    expect(found.labels).toBeLessThan(1e-3);
    for (const what of ['images', 'logits', 'losses', 'averages'] as const) expect(found[what]).toBeLessThan(1e-3);
  }, 600_000);

  it('bends slices by the same spline', async () => {
    const [size, knots] = [12, 5];
    const dy = Float64Array.from({ length: (knots + 2) ** 2 }, (_, i) => Math.sin(3 * i));
    const dx = new Float64Array(dy.length);
    const addRow = elasticRows({ knots, dy, dx }, [size, size], [1, 1]);
    const ours = Array.from({ length: size }, (_, i) => {
      const ys = new Float64Array(size);
      addRow(i, ys, new Float64Array(size));
      return [...ys];
    }).flat();
    const lines = await inPython(`
from augment_torch import spline_matrix
m = spline_matrix(${size}, ${knots}).double()
d = torch.sin(3 * torch.arange(${(knots + 2) ** 2}, dtype=torch.float64)).reshape(${knots + 2}, -1)
print(json.dumps({"values": (m @ d @ m.T).flatten().tolist()}))`);
    const theirs = lineWith(lines, 'values', values).values;
    expect(theirs.length).toBe(size * size);
    theirs.forEach((value, i) => expect(value).toBeCloseTo(ours[i]!, 5));
  }, 300_000);

  it('brings probabilities back to the same pixels of the slice', async () => {
    const [h, w] = task.grid.size;
    const map = Float32Array.from({ length: h * w }, (_, p) => ((p * 7) % 101) / 101);
    const ours = resampleToSource(map, slices.entries[0]!, task.grid);
    const lines = await inPython(`
from augment_torch import to_source
p = (torch.arange(${h * w}) * 7 % 101 / 101).reshape(1, ${h}, ${w})
grid = json.loads('${JSON.stringify(task.grid)}')
print(json.dumps({"values": to_source(p, grid, ${height}, ${width}).flatten().tolist()}))`);
    const theirs = lineWith(lines, 'values', values).values;
    const apart = theirs.map((value, i) => Math.abs(value - ours[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-3);
    expect(ours.filter((value) => value > 0).length).toBeGreaterThan(1000);
  }, 300_000);

  it('changes slices equally much: place, size, greys and noise over 300 draws', async () => {
    const draws = 300;
    const [h, w] = task.grid.size;
    const ours = Array.from({ length: draws }, (_, epoch) => {
      const options = { augment: task.augment, seed: 1, epoch };
      const { images, labels } = makeBatch(slices, [0], task.grid, options);
      return momentsOf(images, labels, w);
    });
    const lines = await inPython(`
import random
from augment_torch import Window
task = json.load(open(${JSON.stringify(await writeTask(task))}))
window, rng, generator = Window(task), random.Random(1), torch.Generator().manual_seed(1)
rows = []
for _ in range(${draws}):
    image, mask = window.augmented(0, rng, generator)
    y, x = mask.nonzero().double().T
    rough = (image[:, :, 1:] - image[:, :, :-1]).square().mean()
    rows += [len(y), y.mean().item(), x.mean().item(), image.mean().item(), image.std().item(), rough.sqrt().item()]
print(json.dumps({"values": rows}))`);
    const flat = lineWith(lines, 'values', values).values;
    const theirs = Array.from({ length: draws }, (_, i) => flat.slice(6 * i, 6 * i + 6));
    for (let k = 0; k < 6; k++) {
      const [a, b] = [spread(ours.map((row) => row[k]!)), spread(theirs.map((row) => row[k]!))];
      // The means of 300 draws differ by less than four of their standard errors, the SD by less than a quarter.
      expect(Math.abs(a.mean - b.mean)).toBeLessThan((4 * Math.hypot(a.sd, b.sd)) / Math.sqrt(draws));
      expect(Math.abs(Math.log(a.sd / b.sd))).toBeLessThan(Math.log(1.25));
    }
    expect(h).toBe(160);
  }, 300_000);
});

function spread(numbers: readonly number[]): { mean: number; sd: number } {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return { mean, sd: Math.sqrt(numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (numbers.length - 1)) };
}

/** Pixels of the mask, its centre (y, x), mean and SD of the image, and the size of its steps along x. */
function momentsOf(image: Float32Array, label: Uint8Array, columns: number): number[] {
  const inside = [...label.keys()].filter((p) => label[p] === 1);
  const centre = [(p: number) => Math.floor(p / columns), (p: number) => p % columns].map(
    (of) => spread(inside.map(of)).mean,
  );
  const { mean, sd } = spread([...image]);
  let [steps, n] = [0, 0];
  for (let p = 3; p < image.length; p++) {
    if (Math.floor(p / 3) % columns === 0) continue;
    steps += (image[p]! - image[p - 3]!) ** 2;
    n++;
  }
  return [inside.length, ...centre, mean, sd, Math.sqrt(steps / n)];
}
