import { describe, expect, it } from 'vitest';
import { aboutNetwork } from '../../lib/export/about.ts';
import { modelConfig } from '../../lib/model/axunet.ts';
import { trainConfig } from '../../lib/train/config.ts';
import type { RunDescription } from '../../lib/train/description.ts';
import { startPosition } from '../../lib/train/position.ts';

const description: RunDescription = {
  axunet: '1.2.3',
  config: trainConfig({ loss: 'ce-dice' }),
  model: modelConfig({ width: 16, inputSize: [160, 128] }),
  grid: { size: [160, 128], unit: 'mm', centre: [-3.5, 10], extent: [200, 160] },
  data: { dataset: 'msd', mode: 'default', windowHu: [-160, 240], unit: 'mm', slices: 9, sha256: '' },
  patients: { training: ['a', 'b'], validation: ['c'] },
};
const windowHu = [-160, 240] as const;
const position = { ...startPosition(), best: { dice: 0.8125, epoch: 12, step: 340 } };

describe('what travels with a network', () => {
  it('is its grid, window, classes, training data, version, and Dice at the best epoch', () => {
    const about = aboutNetwork({ description, position, windowHu });
    expect(JSON.parse(about['axunet.grid']!)).toEqual(description.grid);
    expect(JSON.parse(about['axunet.window_hu']!)).toEqual([-160, 240]);
    expect(JSON.parse(about['axunet.classes']!)).toEqual(['background', 'pancreas']);
    expect(JSON.parse(about['axunet.patients']!)).toEqual({ training: 2, validation: 1 });
    expect(about).toMatchObject({
      'axunet.version': '1.2.3',
      'axunet.network': 'residual, width 16, rates 2, 4, 6',
      'axunet.dataset': 'msd',
      'axunet.dice': '0.8125',
      'axunet.epoch': '12',
      'axunet.loss': 'ce-dice',
    });
  });

  it('names the licence of a public set, and none of a set that it does not know', () => {
    const of = (dataset: string) =>
      aboutNetwork({ description: { ...description, data: { ...description.data, dataset } }, position, windowHu });
    expect(of('phantom')['axunet.licence']).toBe('MIT');
    expect(of('my scans')['axunet.licence']).toMatch(/^unknown/);
  });

  it('has no window and no HU for a network of pictures', () => {
    const { windowHu: _, ...data } = description.data; // pictures have none
    const about = aboutNetwork({ description: { ...description, data: { ...data, unit: 'px' } }, position, windowHu });
    expect(about).not.toHaveProperty('axunet.window_hu');
    expect(about['axunet.preprocessing']).toContain('Divide grey values by 255');
  });

  it('has the names and the stored values of classes that are kept apart', () => {
    const classes = ['pancreas', 'tumour'].map((name, i) => ({ name, values: [i + 4] }));
    const data = { ...description.data, classes };
    const model = { ...description.model, classes: 3 };
    const about = aboutNetwork({ description: { ...description, model, data }, position, windowHu });
    expect(JSON.parse(about['axunet.classes']!)).toEqual(['background', 'pancreas', 'tumour']);
    expect(JSON.parse(about['axunet.label_values']!)).toEqual([0, 4, 5]);
  });

  it('counts the classes where they have no names, and knows no Dice where nothing was validated', () => {
    const about = aboutNetwork({
      description: { ...description, model: { ...description.model, classes: 3 } },
      position: startPosition(),
      windowHu,
    });
    expect(JSON.parse(about['axunet.classes']!)).toEqual(['background', 'class-1', 'class-2']);
    expect(about['axunet.preprocessing']).toContain('The likeliest class is taken');
    expect(about['axunet.dice']).toBe('unknown');
    expect(about).not.toHaveProperty('axunet.epoch');
  });

  it('is text throughout, as ONNX wants it', () => {
    const texts = Object.values(aboutNetwork({ description, position, windowHu }));
    expect(texts.filter((text) => typeof text !== 'string' || text === '')).toEqual([]);
  });
});
