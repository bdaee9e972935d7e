import { describe, expect, it } from 'vitest';
import { parseLabels } from '../../lib/cli/options/maskFormat.ts';
import { labelMapOf } from '../../lib/dataset/labelNames.ts';
import { structureCalled } from '../../lib/dicomLabels/codes.ts';

const tumours = [
  'tumour',
  'Tumor',
  'TUMORS',
  'PDAC',
  'pdac lesion',
  'neoplasm',
  'pancreatic_neoplasm',
  'Pancreas-Tumor',
];
const more = ['cancer', 'pancreatic cancer', 'Adenocarcinoma', 'tumor mass'];

describe('the name of a label', () => {
  it.each([...tumours, ...more])('%s is a tumour, for DICOM and for the map of labels', (name) => {
    expect(structureCalled(name)).toBe('tumour');
    expect(labelMapOf({ pancreas: 1, [name]: 2 }, 'dataset.json')).toEqual({ 1: 1, 2: 1 });
    expect(parseLabels(`pancreas=1,${name}=2`).labels).toEqual([
      { name: 'pancreas', value: 1 },
      { name: 'tumour', value: 2 },
    ]);
  });
  it('that is known otherwise stays what it is, and others are not guessed', () => {
    expect(['Pancreas', 'duct', 'pancreatic duct'].map(structureCalled)).toEqual(['pancreas', 'duct', 'duct']);
    for (const name of ['liver tumour', 'peripancreatic', 'no tumour', 'cyst', 'bile duct', '', 'toString'])
      expect(structureCalled(name), name).toBeUndefined();
  });
  it('may not be given twice, in whatever words', () => {
    expect(() => parseLabels('tumor=1,PDAC=2')).toThrow('name each structure and each value once');
    expect(() => parseLabels('*=0')).toThrow('--labels that name a structure');
    for (const text of ['*=1', 'pancreas=7,*', 'tumor', 'tumor=0', 'spleen=1', '=1', 'tumor=a'])
      expect(() => parseLabels(text)).toThrow('--labels as');
  });
});
