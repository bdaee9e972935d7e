/** Where predictions are right and wrong. */
import { describe, expect, it } from 'vitest';
import { titleOf } from '../../lib/figures/figure.ts';
import { errorMasks, predictionOverlays } from '../../lib/figures/predictionOverlays.ts';
import { images, label, named, prediction, slice, texts } from './readFigure.ts';

describe('errorMasks', () => {
  it('has a value for what was found, predicted only and missed', () => {
    const [found, invented, missed] = errorMasks([0, 1, 0, 1], [0, 1, 1, 0]);
    expect([...(found.mask as Uint8Array)]).toEqual([0, 3, 2, 1]);
    expect([found, invented, missed].map(({ name, value }) => `${name} ${value}`)).toEqual([
      'Found 3',
      'Predicted only 2',
      'Missed 1',
    ]);
  });
});

describe('predictionOverlays', () => {
  it('show found, predicted-only and missed pixels apart', () => {
    const figure = predictionOverlays([
      { id: 'a', slice: { ...slice, spacingMm: [1, 1] }, label, prediction, dice: 0.6 },
    ]);
    const extent = (name: string): number[] => [
      Math.min(...named(figure, name)[0]!.x),
      Math.max(...named(figure, name)[0]!.x),
    ];
    expect([extent('Missed'), extent('Found'), extent('Predicted only')]).toEqual([
      [1, 3],
      [3, 6],
      [6, 8],
    ]);
    expect(texts(figure)).toContain('a, DSC 0.600');
  });

  it('are as wide as a page of 900 pixels also in five columns, and name a case in two lines where one is too wide', () => {
    const one = { id: 'PANCREAS_0011-1075', slice, label, prediction, dice: 0.013 };
    const figure = predictionOverlays(
      Array.from({ length: 10 }, () => one),
      { columns: 5 },
    );
    expect(figure.layout.width).toBeLessThanOrEqual(930);
    expect(texts(figure)).toContain('PANCREAS_0011-1075<br>DSC 0.013');
    expect(texts(predictionOverlays([one]))).toContain('PANCREAS_0011-1075, DSC 0.013');
  });

  it('leaves out cases without label or prediction', () => {
    const whole = { id: 'a', slice, label, prediction };
    const figure = predictionOverlays([whole, { id: 'b', slice, label }, { id: 'c', slice, prediction }]);
    expect(images(figure)).toHaveLength(1);
    expect(texts(figure)).toEqual(['a']);
  });

  it('without data says so in one sentence', () => {
    const figure = predictionOverlays([{ id: 'a', slice, label }]);
    expect(figure.data).toEqual([]);
    expect(titleOf(figure)).not.toBe('');
    expect(texts(figure)).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });
});
