import { describe, expect, it } from 'vitest';
import { openOptionsOf, parseLabelMap, withPlanned } from '../../../lib/cli/options/labelMap.ts';

describe('--label-map', () => {
  it('says what the stored labels stand for, and with a star that all others are background', () => {
    expect(parseLabelMap('1:1, 2:1')).toEqual({ labelMap: { 1: 1, 2: 1 } });
    expect(parseLabelMap('7:1,*:0')).toEqual({ labelMap: { 7: 1 }, otherLabels: 'background' });
  });

  it.each(['', '1', '1:2', '*:1', 'a:1', '1:1,'])('refuses %j', (bad) => {
    expect(() => parseLabelMap(bad)).toThrow('--label-map');
  });

  it('refuses a label that is named twice, also in another spelling', () => {
    expect(() => parseLabelMap('1:1,1:0')).toThrow(
      'Expected --label-map to name each label once, found 1 twice in "1:1,1:0"',
    );
    expect(() => parseLabelMap('2:1,1:1,01:0,*:0')).toThrow('found 1 twice');
  });
  it('refuses background as pancreas, and takes 0 for background', () => {
    expect(() => parseLabelMap('0:1,1:1')).toThrow(
      'Expected --label-map to leave 0 background, found 0:1 in "0:1,1:1"',
    );
    expect(parseLabelMap('0:0,1:1')).toEqual({ labelMap: { 0: 0, 1: 1 } });
  });
});

describe('--label-map and --labels', () => {
  it('say one thing: one of them, or nothing', () => {
    const labels = { labelMap: { 1: 1, 2: 2 } };
    const labelMap = { labelMap: { 1: 1 } };
    expect(openOptionsOf({ labels })).toBe(labels);
    expect(openOptionsOf({ labelMap })).toBe(labelMap);
    expect(openOptionsOf({})).toEqual({});
    expect(() => openOptionsOf({ labels, labelMap })).toThrow('Expected either --label-map or --labels, found both');
  });
});

describe('What a plan says of labels and series', () => {
  const planned = { labelMap: { 1: 1, 2: 2 }, classes: [{ name: 'pancreas', values: [1] }], series: '2' };
  const { series, ...rules } = planned;

  it('holds for what is not typed, labels and series each by themselves', () => {
    expect(withPlanned({}, planned)).toEqual(planned);
    expect(withPlanned({ series: '1' }, planned)).toEqual({ ...rules, series: '1' });
    expect(withPlanned({ labelMap: { 1: 1 } }, planned)).toEqual({ labelMap: { 1: 1 }, series });
    expect(withPlanned({ labelMap: { 1: 1 } })).toEqual({ labelMap: { 1: 1 } });
  });
});
