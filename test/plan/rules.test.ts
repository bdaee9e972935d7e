/** Each rule by an example worked by hand, and at its limits. */
import { describe, expect, it } from 'vitest';
import { chooseBatch, chooseEmptyShare } from '../../lib/plan/rules/batch.ts';
import { chooseMargin, furthestOutside, windowExtent } from '../../lib/plan/rules/crop.ts';
import { fitSize, fittingMicroBatch, type Limits, stepsIn } from '../../lib/plan/rules/fit.ts';
import { chooseFolds } from '../../lib/plan/rules/folds.ts';
import { chooseLabels } from '../../lib/plan/rules/labels.ts';
import { chooseLoss } from '../../lib/plan/rules/loss.ts';
import { describeNeighbours } from '../../lib/plan/rules/neighbours.ts';
import {
  chooseAugmentation,
  chooseAveraging,
  chooseLearningRate,
  chooseValidation,
} from '../../lib/plan/rules/schedule.ts';
import { networkSizes, workOf } from '../../lib/plan/rules/size.ts';
import { chooseWindow } from '../../lib/plan/rules/window.ts';
import { always, example } from './example.ts';

describe('The window', () => {
  it('holds 99 % of the organ and 60 HU more on both sides, in tens', () => {
    // −20 − 60 = −80, 155 + 60 = 215, outwards to a ten
    expect(chooseWindow(example).value).toEqual([-80, 220]);
  });

  it('is never narrower than 200 HU, and stops at air and bone', () => {
    const organHu = { p005: 80, p05: 85, p50: 90, p95: 95, p995: 100 };
    // 80 − 60 to 100 + 60 are 140 HU: 30 more on both sides
    expect(chooseWindow({ ...example, organHu }).value).toEqual([-10, 190]);
    const wide = { p005: -900, p05: 0, p50: 90, p95: 900, p995: 2000 };
    expect(chooseWindow({ ...example, organHu: wide }).value).toEqual([-250, 400]);
  });

  it('tells why it is wider or cut, and where the numbers are no HU', () => {
    const reasonOf = (p005: number, p50: number, p995: number): string =>
      chooseWindow({ ...example, organHu: { p005, p05: p005, p50, p95: p995, p995 } }).reason;
    expect(reasonOf(-20, 90, 155)).not.toMatch(/Made|Cut|No organ/);
    expect(reasonOf(80, 90, 100)).toContain('Made 200 HU wide');
    expect(reasonOf(-900, 90, 155)).toContain('Cut at -250 or 400 HU');
    expect(reasonOf(1000, 1090, 1155)).toContain('stored without their offset');
  });

  it('is that of grey values for pictures', () => {
    expect(chooseWindow({ organHu: null, caseHu: null }).value).toBeUndefined();
  });

  it('holds the organ also where its numbers are no HU', () => {
    const organHu = { p005: 1000, p05: 1020, p50: 1090, p95: 1130, p995: 1155 };
    const [low, high] = chooseWindow({ ...example, organHu }).value!;
    expect(low).toBeLessThan(1090);
    expect(high).toBeGreaterThan(1090);
  });
});

describe('The crop', () => {
  it('keeps as much room as the furthest patient left out would have needed', () => {
    // right sides 30, 40, 60: without the third, 40, beyond which it lies by 20; elsewhere 5 at most
    expect(furthestOutside(example.sides)).toBe(20);
    expect(chooseMargin(example).value).toBe(20);
    // −40 to 20 and −70 to 60, with 20 on each side
    expect(windowExtent(example.sides, 20)).toEqual([100, 170]);
  });

  it('keeps 8 to 25 mm, also for one patient', () => {
    expect(furthestOutside([[0, 0, 1, 1]])).toBe(0);
    expect(chooseMargin({ unit: 'mm', sides: [[0, 0, 1, 1]] }).value).toBe(8);
    const far = [example.sides[0]!, [-40, -60, 10, 130] as const];
    expect(chooseMargin({ unit: 'mm', sides: far }).value).toBe(25);
  });
});

describe('The sizes', () => {
  const sizes = networkSizes(example, 20);

  it('grow from step to step, in the shape of the window, by multiples of 16', () => {
    const works = sizes.map(workOf);
    expect(works).toEqual([...works].sort((a, b) => a - b));
    expect(new Set(works).size).toBe(works.length);
    expect(sizes.flatMap(({ gridSize }) => gridSize).every((side) => side % 16 === 0)).toBe(true);
    // 100 × 170 mm in pixels of 2.5 · 0.8 = 2 mm: 50 and 85 pixels
    expect(sizes[0]).toMatchObject({ width: 8, gridSize: [64, 96] });
    // and in pixels of 0.8 mm: 125 and 212.5
    expect(sizes.at(-1)).toMatchObject({ width: 64, gridSize: [128, 224] });
  });

  it('have no pixels coarser than 3 mm, unless the data have', () => {
    const spacing = [always(2.6), always(2.6), always(5)] as const;
    expect(Math.max(...networkSizes({ ...example, spacing }, 20).map(({ pixel }) => pixel))).toBeLessThanOrEqual(3);
    const coarse = [always(4), always(4), always(5)] as const;
    expect(networkSizes({ ...example, spacing: coarse }, 20)[0]!.pixel).toBeLessThanOrEqual(4);
  });
});

describe('The size that fits', () => {
  const sizes = [8, 16, 32].map((width) => ({ width, gridSize: [64, 64] as const, pixel: 1 }));
  const limits: Limits = {
    minutes: 10,
    batch: 4,
    memory: 1000,
    needed: ({ width }, microBatch) => width * microBatch,
    measure: async ({ width }) => width / 100,
  };

  it('is the largest that leaves time for 800 steps', async () => {
    // 10 · 60 s · 0.85 = 510 s: 0.16 s a step are 3187 steps, 0.32 s 1593, so the largest fits
    expect(await fitSize(sizes, limits)).toMatchObject({ width: 32, microBatch: 4, stepSeconds: 0.32, steps: 1593 });
    // 102 s: 0.16 s are 637 steps, 0.08 s 1275
    expect(await fitSize(sizes, { ...limits, minutes: 2 })).toMatchObject({ width: 8, steps: 1275 });
    expect(stepsIn(2, 0.08)).toBe(1275);
  });

  it('is the largest of those measured in time where four measurements do not settle it', async () => {
    const many = [1, 2, 3, 4, 5, 6, 7].map((width) => ({ width, gridSize: [16, 16] as const, pixel: 1 }));
    // 510 s for 800 steps: up to 0.6375 s a step. 1 promises 7; 7 promises 3; 3 promises 6; 6 promises 5, never measured
    const seconds: Record<number, number> = { 1: 0.05, 7: 1.3, 3: 0.3, 6: 0.7 };
    const measure = async ({ width }: { width: number }): Promise<number> => seconds[width]!;
    expect(await fitSize(many, { ...limits, memory: undefined, measure })).toMatchObject({ width: 3, limit: 'time' });
  });

  it('says whether time, memory or the data end it', async () => {
    const limitWith = async (changes: Partial<Limits>): Promise<string> =>
      (await fitSize(sizes, { ...limits, ...changes })).limit;
    expect(await limitWith({})).toBe('data');
    expect(await limitWith({ memory: 31 })).toBe('memory');
    expect(await limitWith({ minutes: 2 })).toBe('time');
  });

  it('is the smallest where no time is enough', async () => {
    expect(await fitSize(sizes, { ...limits, minutes: 0.1 })).toMatchObject({ width: 8, steps: 63 });
  });

  it('takes a batch in parts where memory is short, and then a smaller network', async () => {
    expect(fittingMicroBatch(sizes[2]!, { ...limits, memory: 100 })).toBe(3);
    expect(fittingMicroBatch(sizes[2]!, { ...limits, memory: 31 })).toBeUndefined();
    expect(await fitSize(sizes, { ...limits, memory: 100 })).toMatchObject({ width: 32, microBatch: 3 });
    expect(await fitSize(sizes, { ...limits, memory: 31 })).toMatchObject({ width: 16, microBatch: 1 });
  });

  it('is refused where even the smallest does not fit', async () => {
    await expect(fitSize(sizes, { ...limits, memory: 7 })).rejects.toThrow(
      /^Expected memory for the smallest network \(1 MB\), found 1 MB$/,
    );
  });

  it('is found where a larger network is slower than its work says', async () => {
    const measured: number[] = [];
    const measure = async ({ width }: { width: number }): Promise<number> => {
      measured.push(width);
      return width === 8 ? 0.08 : width / 10;
    };
    expect(await fitSize(sizes, { ...limits, measure })).toMatchObject({ width: 8 });
    expect(measured).toEqual([8, 32]);
  });
});

describe('Batches and empty slices', () => {
  it('leave an epoch 50 steps, with 4 to 8 slices', () => {
    expect([100, 300, 1000].map((slices) => chooseBatch(slices).value)).toEqual([4, 6, 8]);
  });

  it('are half as frequent as in the data, at most a fifth, and none where there are none', () => {
    expect(chooseEmptyShare({ slices: 100, slicesWithForeground: 80 }).value).toBe(0.1);
    expect(chooseEmptyShare({ slices: 100, slicesWithForeground: 10 }).value).toBe(0.2);
    expect(chooseEmptyShare({ slices: 100, slicesWithForeground: 100 }).value).toBeNull();
    expect(chooseEmptyShare({ slices: 100, slicesWithForeground: 80 }).reason).toContain('half that share');
    expect(chooseEmptyShare({ slices: 100, slicesWithForeground: 10 }).reason).toContain('20 %, the most there may be');
  });
});

describe('Folds', () => {
  it('hold four patients each, two to five folds of them', () => {
    const folds = [2, 8, 12, 20, 200].map((patients) => chooseFolds({ patients }).value);
    expect(folds).toEqual([2, 2, 3, 5, 5]);
    expect(chooseFolds({ patients: 1 }).value).toBeUndefined();
    expect(chooseFolds({ patients: 8 }).reason).toMatch(/, 4 at a time\.$/);
    expect(chooseFolds({ patients: 9 }).reason).toMatch(/, 4 or 5 at a time\.$/);
  });
});

describe('Labels and loss', () => {
  const classes = [
    { name: 'pancreas', values: [1], cases: 20, medianSize: 80 },
    { name: 'tumour', values: [2], cases: 9, medianSize: 5 },
  ];

  it('are one class and cross-entropy with Dice unless classes are asked for', () => {
    expect(chooseLabels({ ...example, classes }, false)).toMatchObject({
      value: undefined,
      reason: expect.stringContaining('--labels pancreas=1,tumour=2'),
    });
    expect(chooseLabels({ ...example, classes }, true)).toMatchObject({ value: classes });
    expect(chooseLoss(example, 1).value).toBe('ce-dice');
    expect(chooseLoss(example, 2).value).toBe('focal-gdl');
  });

  it('are not recommended apart where a class is in fewer than 8 cases', () => {
    const few = [classes[0]!, { ...classes[1]!, cases: 7 }];
    expect(chooseLabels({ ...example, classes: few }, false).reason).toContain('too few');
  });
});

describe('Neighbours', () => {
  it('lie as far as the slices, and far unlike distances are told', () => {
    expect(describeNeighbours(example)).toMatchObject({ value: 2.5, shown: '±2.5 mm' });
    const spacing = [always(1), always(1), { median: 2, min: 1, max: 5 }] as const;
    expect(describeNeighbours({ kind: '3d', spacing }).reason).toContain('from 1 to 5 mm');
    expect(describeNeighbours({ kind: '3d', spacing }).reason).toContain('resampling');
    expect(describeNeighbours({ kind: '2d', spacing: example.spacing }).value).toBeNull();
  });
});

describe('The schedule', () => {
  it('has a larger rate and a shorter average for few steps', () => {
    expect(chooseLearningRate({ steps: 800, epochs: 10 }).value).toBe(5e-3);
    expect(chooseLearningRate({ steps: 5000, epochs: 60 }).value).toBe(2e-3);
    // a twentieth of 800 steps is 40: 1 − 1/40
    expect(chooseAveraging({ steps: 800, epochs: 10 }).value).toBe(0.975);
    expect(chooseAveraging({ steps: 20, epochs: 1 }).value).toBe(0.9);
    expect(chooseAveraging({ steps: 1e6, epochs: 1 }).value).toBe(0.995);
    expect(chooseAveraging({ steps: 20, epochs: 1 }).reason).toContain('about 10 steps of 20');
  });

  it('changes slices more the more often they come back, and validates about ten times', () => {
    const augment = [3, 10, 40].map((epochs) => chooseAugmentation({ steps: 1, epochs }).value);
    expect(augment).toEqual(['none', 'light', 'default']);
    const validations = [2, 40].map((epochs) => chooseValidation({ steps: 1, epochs }));
    expect(validations.map(({ value, shown }) => [value, shown])).toEqual([
      [1, 'every epoch'],
      [4, 'every 4 epochs'],
    ]);
    expect(validations.map(({ reason }) => Number(/\d+/.exec(reason)))).toEqual([2, 10]);
  });
});
