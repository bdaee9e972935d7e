/** The README of a cohort says how to make it again. */
import { describe, expect, it } from 'vitest';
import { cohortReadme } from '../../../lib/dataset/phantom/readme.ts';

describe('cohortReadme', () => {
  const text = cohortReadme({ patients: 24, seed: 7, size: [128, 96, 40], version: 3 });

  it('has the command, the version and the size', () => {
    expect(text).toContain('24 synthetic abdominal CT volumes');
    expect(text).toContain('`axunet phantom --patients 24 --seed 7`, generator version 3');
    expect(text).toContain('128×96 pixels, about\n40 slices a volume');
  });
  it('names the files and the values of the labels, and says that nobody was scanned', () => {
    for (const file of ['imagesTr/phantom_001.nii.gz', 'labelsTr/phantom_001.nii.gz', 'dataset.json'])
      expect(text).toContain(file);
    expect(text).toContain('0 background, 1 pancreas, 2 tumour');
    expect(text).toContain('nobody was scanned');
  });
});
