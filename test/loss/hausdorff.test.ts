/**
 * The Hausdorff distance-transform loss against MONAI, cases worked out by hand and finite differences, on every
 * engine.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { readNifti } from '../../lib/io/nifti.ts';
import { crossEntropyDice } from '../../lib/loss/crossEntropyDice.ts';
import { crossEntropyDiceHausdorff, hausdorffLoss, logHausdorff } from '../../lib/loss/hausdorff.ts';
import { settings } from '../../lib/settings.ts';
import { engines } from '../engine/engines.ts';
import { evaluate, expectFiniteDifferences, expectPeer, logitsOf } from './distanceFixture.ts';
import { lossReferences, type MonaiFile } from './referenceFiles.ts';

const volumes = path.join(settings.sharedFolder ?? '', 'data/totalsegmentator');
const { monai, why } = lossReferences();
const references: { name: string; content?: MonaiFile }[] = monai.filter(({ content }) =>
  Object.keys(content.values).some((name) => name.includes('HausdorffDTLoss')),
);

type Volume = { data: ArrayLike<number>; shape: readonly number[] };

/** The box [x, y, z] of a volume, as numbers of a mask. */
function cropMask({ data, shape: [width, height] }: Volume, box: number[][], label: number): number[] {
  const [[x0, x1], [y0, y1], [z0, z1]] = box;
  const out: number[] = [];
  for (let z = z0; z < z1; z++)
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) out.push(Number(data[x + width * (y + height * z)] === label));
  return out;
}

/** Logits and labels of a reference's note; undefined where the note says something else. */
async function caseOf({
  note,
}: MonaiFile): Promise<{ logits: number[]; labels: number[]; shape: number[] } | undefined> {
  const found =
    /crop \[(.*?)\] of TotalSegmentator example_seg==(\d+) .*p=([\d.]+) where example_seg_fast==(\d+) else ([\d.]+)/.exec(
      note,
    );
  if (!found) return undefined;
  const box = found[1].split(',').map((range) => range.split(':').map(Number));
  const labels = cropMask(await readNifti(path.join(volumes, 'example_seg.nii.gz')), box, Number(found[2]));
  const predicted = cropMask(await readNifti(path.join(volumes, 'example_seg_fast.nii.gz')), box, Number(found[4]));
  const [width, height, depth] = box.map(([from, to]) => to - from);
  return {
    logits: logitsOf(predicted.map((inside) => Number(inside ? found[3] : found[5]))),
    labels,
    shape: [1, depth, height, width, 2],
  };
}

describe.each(engines)('the Hausdorff loss on $title', ({ engine, available }) => {
  beforeAll(async () => {
    if (available) await startEngine(engine);
  });
  const test = it.skipIf(!available);

  test('weighs squared errors by the squared distances to the other side, of truth and prediction', () => {
    // Truth 0 0 1, so D(y) = 2, 1, 1; p above 1/2 at the first pixel only, so D(p) = 1, 1, 2.
    const wanted = (0.6 ** 2 * (4 + 1) + 0.3 ** 2 * (1 + 1) + 0.8 ** 2 * (1 + 4)) / 3;
    expect(evaluate(hausdorffLoss(), logitsOf([0.6, 0.3, 0.2]), [0, 0, 1], [1, 1, 3, 2]).value).toBeCloseTo(wanted, 5);
    const alone = (0.6 ** 2 * (2 + 1) + 0.3 ** 2 * (1 + 1) + 0.8 ** 2 * (1 + 2)) / 3;
    expect(evaluate(hausdorffLoss({ alpha: 1 }), logitsOf([0.6, 0.3, 0.2]), [0, 0, 1], [1, 1, 3, 2]).value).toBeCloseTo(
      alone,
      5,
    );
    expect(evaluate(logHausdorff(), logitsOf([0.6, 0.3, 0.2]), [0, 0, 1], [1, 1, 3, 2]).value).toBeCloseTo(
      Math.log(1 + wanted),
      5,
    );
  });

  test("takes an empty or full mask as without distances: the other one's count alone, and nothing where both are so", () => {
    expect(evaluate(hausdorffLoss(), logitsOf([0.9, 0.4]), [0, 0], [1, 1, 2, 2]).value).toBeCloseTo(
      (0.9 ** 2 + 0.4 ** 2) / 2,
      5,
    );
    for (const labels of [
      [0, 0],
      [1, 1],
    ]) {
      const { value, gradient } = evaluate(hausdorffLoss(), logitsOf([0.3, 0.4]), labels, [1, 1, 2, 2]);
      expect(value).toBe(0);
      expect(gradient.every((g) => g === 0)).toBe(true);
      expect(evaluate(logHausdorff(), logitsOf([0.3, 0.4]), labels, [1, 1, 2, 2]).value).toBe(0);
    }
  });

  test.each([1, 2, 3])("has MONAI's value and gradient with alpha %s", (alpha) =>
    expectPeer(`hausdorff ${alpha}`, hausdorffLoss({ alpha })),
  );
  test("has MONAI's value and gradient of the logarithm", () => expectPeer('log', logHausdorff()));
  test('has the gradient that finite differences show, the distances held', () =>
    expectFiniteDifferences(hausdorffLoss(), 0.02, 5e-3));

  test('stays finite for extreme logits', () => {
    const { value, gradient } = evaluate(hausdorffLoss(), [1000, -1000, -1000, 1000], [1, 0], [1, 1, 2, 2]);
    expect(value).toBeCloseTo(2, 5); // both pixels wrong by 1, both distances 1
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  test('joins cross-entropy and Dice by a tenth of its logarithm', () => {
    const [logits, labels, shape] = [logitsOf([0.1, 0.7, 0.4, 0.8]), [0, 1, 1, 1], [1, 2, 2, 2]];
    const parts = [crossEntropyDice, logHausdorff()].map((loss) => evaluate(loss, logits, labels, shape).value);
    expect(evaluate(crossEntropyDiceHausdorff, logits, labels, shape).value).toBeCloseTo(parts[0] + 0.1 * parts[1], 5);
  });

  const noVolumes = existsSync(volumes) ? '' : ' (skipped: no shared test data)';
  const missing = references.length === 0 ? ` (skipped: ${why})` : noVolumes;
  it.skipIf(!available || missing !== '').for(references.length ? references : [{ name: 'no file' }])(
    `has MONAI's values for the pancreas of a real CT in 3-D${missing}: $name`,
    async ({ content }, { skip }) => {
      const entries = Object.entries(content!.values).flatMap(([name, wanted]) => {
        const [, log, alpha] = /^(Log)?HausdorffDTLoss(?: alpha([\d.]+))?$/.exec(name) ?? [];
        return name.includes('HausdorffDTLoss')
          ? [{ name, wanted, loss: (log ? logHausdorff : hausdorffLoss)({ alpha: Number(alpha ?? 2) }) }]
          : [];
      });
      const given = await caseOf(content!);
      if (!given) return skip('its note does not tell the boxes and labels');
      for (const { name, wanted, loss } of entries) {
        const found = tf.tidy(
          () =>
            loss(
              tf.tensor(given.logits, given.shape),
              tf.tensor(given.labels, given.shape.slice(0, -1), 'int32'),
            ).dataSync()[0],
        );
        expect(Math.abs(found / wanted - 1), name).toBeLessThan(1e-5);
      }
    },
  );
});
