import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTumour } from '../../../lib/dataset/phantom/patient.ts';
import { makePhantomPatient } from '../../../lib/dataset/phantom.ts';
import { projectPath } from '../../../lib/settings.ts';
import { featureTable } from '../../../notebooks/lessons/radiomics/cohorts.ts';
import { regionOf } from '../../../notebooks/lessons/radiomics/region.ts';
import { pairedPeople, tumourNumbers } from '../../../notebooks/lessons/study/pairedPeople.ts';

const seed = 987654;
const size = [64, 64, 16] as const;
const folder = projectPath('data/radiomics');
const kept = (): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`paired-people-${seed}-`)) : [];
const forget = (): void => kept().forEach((name) => rmSync(path.join(folder, name)));
beforeAll(forget);
afterAll(forget);

describe('people who exist twice', () => {
  it('are the first phantom patients with a tumour', () => {
    const numbers = tumourNumbers(seed, 50);
    expect(numbers).toHaveLength(50);
    expect(numbers.every((index) => hasTumour(seed, index))).toBe(true);
    // one of each pair
    expect(numbers.map((index) => Math.ceil(index / 2))).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(tumourNumbers(seed, 0)).toEqual([]);
  });

  it('have the features of the patient and of the healthy twin, in the same order', async () => {
    const { ill, healthy } = await pairedPeople({ count: 2, seed, size: [...size] });
    const [first] = tumourNumbers(seed, 1);
    for (const [table, withoutTumour] of [
      [ill, false],
      [healthy, true],
    ] as const) {
      const { image, label } = makePhantomPatient(first!, { seed, size: [...size], withoutTumour });
      const alone = await featureTable([regionOf('person', 'any', image, label)]);
      expect(table.numbers('original_shape_MeshVolume')[0]).toBe(alone.numbers('original_shape_MeshVolume')[0]);
      expect(table.numbers('original_glcm_Contrast')[0]).toBe(alone.numbers('original_glcm_Contrast')[0]);
    }
    expect(ill.column('id')).toEqual(healthy.column('id'));
    expect([...new Set(ill.column('group')), ...new Set(healthy.column('group'))]).toEqual(['tumour', 'healthy twin']);
    expect(ill.numbers('acquisition_SliceSpacingMm')).toEqual(healthy.numbers('acquisition_SliceSpacingMm'));
    expect(ill.numbers('original_firstorder_Mean')).not.toEqual(healthy.numbers('original_firstorder_Mean'));
  });

  it('are read again, not made again, and work that was stopped leaves no half block', async () => {
    let made = 0;
    const stopped = pairedPeople({
      count: 3,
      seed,
      size: [...size],
      onPerson: () => {
        if (++made === 2) throw new Error('enough');
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    const files = kept();
    const again = await pairedPeople({
      count: 2,
      seed,
      size: [...size],
      onPerson: () => {
        made++;
      },
    });
    expect([again.ill.rowCount, made]).toEqual([2, 2]); // the block of two is from the test above
    expect(kept()).toEqual(files);
  });
});
