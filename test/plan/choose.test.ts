import { describe, expect, it } from 'vitest';
import { type ChoosingOptions, chooseConfiguration } from '../../lib/plan/choose.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { example } from './example.ts';

const options: ChoosingOptions = {
  minutes: 10,
  keepsClasses: false,
  needed: () => 0,
  measure: async ({ width }, [height, columns]) => width * height * columns * 1e-6,
};
const classes = [
  { name: 'pancreas', values: [1], cases: 20, medianSize: 80 },
  { name: 'tumour', values: [2], cases: 10, medianSize: 5 },
];

describe('The chosen configuration', () => {
  it('is one that training takes, of what the rules chose', async () => {
    const { train, folds, windowHu, choices } = await chooseConfiguration(example, options);
    expect(trainConfig(train)).toEqual(train);
    expect(train).toMatchObject({ minutes: 10, epochs: null, gridMargin: 20, emptyShare: 0.2, loss: 'ce-dice' });
    expect(folds).toBe(5);
    expect(windowHu).toEqual([-80, 220]);
    expect(choices.every(({ value, reason }) => value !== '' && reason.endsWith('.'))).toBe(true);
    expect(new Set(choices.map(({ choice }) => choice)).size).toBe(choices.length);
  });

  it('is the same for the same data and the same step times', async () => {
    expect(await chooseConfiguration(example, options)).toEqual(await chooseConfiguration(example, options));
  });

  it('is larger where there is more time, and smaller or in parts where memory is short', async () => {
    const widthIn = async (minutes: number): Promise<number> =>
      (await chooseConfiguration(example, { ...options, minutes })).train.width;
    expect(await widthIn(100)).toBeGreaterThan(await widthIn(1));
    const needed: ChoosingOptions['needed'] = ({ width }, microBatch) => width * microBatch;
    const short = await chooseConfiguration(example, { ...options, needed, memory: 30 });
    expect(short.train.width * (short.train.microBatch ?? short.train.batchSize)).toBeLessThanOrEqual(30);
  });

  it('keeps classes apart only where that is asked for', async () => {
    const asked = await chooseConfiguration({ ...example, classes }, { ...options, keepsClasses: true });
    expect(asked).toMatchObject({ keepsClasses: true, train: { loss: 'focal-gdl' } });
    const usual = await chooseConfiguration({ ...example, classes }, options);
    expect(usual).toMatchObject({ keepsClasses: false, train: { loss: 'ce-dice' } });
  });
});
