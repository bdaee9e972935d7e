/** Which labels of a dataset.json are the pancreas, by their names. */
import { describe, expect, it } from 'vitest';
import { parseClasses } from '../../lib/dataset/classes.ts';
import { describeLabels, labelMapOf, labelNames } from '../../lib/dataset/labelNames.ts';

const file = 'dataset.json';

describe('labelMapOf', () => {
  it('takes lesions of other organs for background', () => {
    const labels = { background: 0, pancreas: 1, kidney_cyst_left: 2, liver_lesion: 3, spleen: 4 };
    expect(labelMapOf(labels, file)).toEqual({ 1: 1, 2: 0, 3: 0, 4: 0 });
    expect(labelMapOf({ background: 0, pancreas: 1, kidney_cyst_left: 2 }, file)).toEqual({ 1: 1, 2: 0 });
    expect(labelMapOf({ pancreas: 1, pancreatic_cyst: 2, 'PDAC lesion': 3, liver: 4 }, file)).toEqual({
      1: 1,
      2: 1,
      3: 1,
      4: 0,
    });
  });
  it('takes a lesion without an organ for the pancreas only where no other organ is listed', () => {
    // The Decathlon's Task07 has exactly these two labels, and the paper counts both.
    expect(labelMapOf({ 0: 'background', 1: 'pancreas', 2: 'cancer' }, file)).toEqual({ 1: 1, 2: 1 });
    expect(labelMapOf({ background: 0, whole_pancreas: [1, 2], tumour: 2, liver: 3 }, file)).toEqual({
      1: 1,
      2: 1,
      3: 0,
    });
    expect(labelMapOf({ pancreas: 1, tumour: 2, liver: 3 }, file)).toEqual({ 1: 1, 2: 0, 3: 0 });
    expect(labelMapOf({ pancreas: 1, 'malignant lesion 2': 2 }, file)).toEqual({ 1: 1, 2: 1 });
  });
  it('does not take what lies around the pancreas for it', () => {
    expect(labelMapOf({ pancreas: 1, peripancreatic_fat: 2, 'non-pancreas': 3 }, file)).toEqual({ 1: 1, 2: 0, 3: 0 });
    const vessels = { pancreas: 1, pancreaticoduodenal_artery: 2, 'pancreatic vein': 3, 'pancreatic lymph node': 4 };
    expect(labelMapOf({ ...vessels, 'no pancreas': 5 }, file)).toEqual({ 1: 1, 2: 0, 3: 0, 4: 0, 5: 0 });
    expect(labelMapOf({ pancreatic_duct: 2, 'pancreas head': 1, pancreatic_nodule: 3 }, file)).toEqual({
      1: 1,
      2: 1,
      3: 1,
    });
  });
  it('refuses labels none of which is a pancreas, and takes a single one that says nothing for it', () => {
    expect(() => labelMapOf({ background: 0, liver: 1, spleen: 2 }, file)).toThrow(
      /a label called pancreas, or --label-map, found liver, spleen in dataset.json/,
    );
    expect(() => labelMapOf({ background: 0, liver: 1 }, file)).toThrow('found liver in dataset.json');
    expect(() => labelMapOf({ background: 0 }, file)).toThrow('found no labels in dataset.json');
    expect(labelMapOf({ 0: 'background', 1: 'foreground' }, file)).toEqual({ 1: 1 });
  });
  it('takes numbers that are written as texts for numbers', () => {
    expect(labelMapOf({ background: '0', pancreas: '1', spleen: '2' }, file)).toEqual({ 1: 1, 2: 0 });
    expect(() => labelMapOf({ pancreas: 1, ignore: '2' }, file)).toThrow('found "ignore" (2)');
  });
  it("refuses nnU-Net's ignore label by name", () => {
    expect(() => labelMapOf({ background: 0, pancreas: 1, ignore: 2 }, file)).toThrow(
      'found "ignore" (2), voxels that nobody labelled in dataset.json',
    );
    expect(() => labelMapOf({ 0: 'background', 1: 'pancreas', 2: 'Ignore' }, file)).toThrow('found "ignore" (2)');
  });
});

describe('describeLabels', () => {
  it('names values and what they stand for', () => {
    const labels = { background: 0, pancreas: 1, kidney_cyst_left: 2 };
    const list = { labelMap: labelMapOf(labels, file), labelNames: Object.fromEntries(labelNames(labels)) };
    expect(describeLabels(list)).toBe('labels: pancreas 1 (pancreas); background 2 (kidney_cyst_left)');
    expect(describeLabels({ labelMap: { 7: 1 }, otherLabels: 'background' })).toBe(
      'labels: pancreas 7; all others background',
    );
    const many = Object.fromEntries(Array.from({ length: 117 }, (_, i) => [i + 1, Number(i === 6)]));
    expect(describeLabels({ labelMap: many })).toBe('labels: pancreas 7; background 116 others');
  });
});

describe('Classes that are kept apart', () => {
  it('stand in the line of labels by name', () => {
    const { labelMap, classes } = parseClasses('pancreas=4+5,tumour=1');
    expect(describeLabels({ labelMap, classes, labelNames: { 1: 'PDAC lesion' } })).toBe(
      'labels: pancreas 4, 5; tumour 1 (PDAC lesion)',
    );
  });
});
