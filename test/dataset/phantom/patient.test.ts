/** What is drawn for a patient: streams, pairs and ranges. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawPatient, hasTumour, patientStream } from '../../../lib/dataset/phantom/patient.ts';

const seed = fc.integer({ min: 0, max: 10_000 });
const index = fc.integer({ min: 1, max: 500 });

describe('patientStream', () => {
  it('is the same for the same patient and purpose, and another for any other', () => {
    const first = (seed: number, index: number, purpose: string): number =>
      patientStream({ seed, index }, purpose).uniform();
    expect(first(1, 2, 'liver')).toBe(first(1, 2, 'liver'));
    expect(
      new Set([first(1, 2, 'liver'), first(1, 2, 'spleen'), first(1, 3, 'liver'), first(2, 2, 'liver')]).size,
    ).toBe(4);
  });
});

describe('hasTumour', () => {
  it('is true for one of each pair (1, 2), (3, 4), …', () => {
    fc.assert(
      fc.property(seed, index, (s, pair) => {
        expect(hasTumour(s, 2 * pair - 1)).toBe(!hasTumour(s, 2 * pair));
      }),
    );
  });
  it('is now the first and now the second of a pair', () => {
    const first = Array.from({ length: 40 }, (_, pair) => hasTumour(1, 2 * pair + 1));
    expect(new Set(first).size).toBe(2);
  });
});

describe('drawPatient', () => {
  it('stays within what the README of a cohort says', () => {
    fc.assert(
      fc.property(seed, index, (s, i) => {
        const { hu, adiposity, scale, tumour } = drawPatient(s, i);
        expect(adiposity).toBeGreaterThanOrEqual(0);
        expect(adiposity).toBeLessThan(1);
        expect(hu.pancreas).toBeGreaterThanOrEqual(80);
        expect(hu.pancreas).toBeLessThanOrEqual(110);
        expect(hu.fat).toBeLessThan(-90);
        for (const size of scale) expect(size).toBeGreaterThan(0.6);
        expect(tumour !== undefined).toBe(hasTumour(s, i));
        if (!tumour) return;
        expect(tumour.hu).toBeGreaterThanOrEqual(40);
        expect(tumour.hu).toBeLessThanOrEqual(70);
        expect(2 * tumour.radiusMm).toBeGreaterThanOrEqual(12);
        expect(2 * tumour.radiusMm).toBeLessThanOrEqual(30);
      }),
    );
  });
  it('places a tumour along the gland by its site: head before body before tail', () => {
    const along: Record<string, number[]> = { head: [], body: [], tail: [] };
    for (let i = 1; i <= 120; i++) {
      const { tumour } = drawPatient(3, i);
      if (tumour) along[tumour.site].push(tumour.along);
    }
    expect(Math.max(...along.head)).toBeLessThan(Math.min(...along.body));
    expect(Math.max(...along.body)).toBeLessThan(Math.min(...along.tail));
    expect(Math.max(...along.tail)).toBeLessThan(1);
  });
});
