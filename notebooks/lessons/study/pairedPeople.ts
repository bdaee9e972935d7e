/**
 * Phantom people who exist twice, with their tumour and as their healthy twin: the population of the study `radiomics`.
 */

import { makePhantomPatient, phantomGeneratorVersion, phantomProfiles } from 'axunet/dataset/phantom';
import { hasTumour } from 'axunet/dataset/phantom/patient';
import { type Row, type Table, toTable } from 'axunet/figures/table';
import { breathe, startProgress } from 'axunet/progress';
import type { Vec3 } from 'axunet/volume/volume';
import { commonGrid, featureRow, regionOf } from '../radiomics/region.ts';
import { cachedTable } from '../radiomics/tableCache.ts';

export interface PeopleOptions {
  readonly count: number;
  /** Of the phantom generator: another seed is another set of people. */
  readonly seed: number;
  /** Voxels of a scan; those of profile `demo` by default. */
  readonly size?: Vec3;
  /** Called after each person; what it throws ends the work, and another start goes on at the last whole block. */
  readonly onPerson?: () => void;
}

export interface PairedPeople {
  /** One row a person, group `tumour`. */
  readonly ill: Table;
  /** The same people in the same order without their tumours. */
  readonly healthy: Table;
}

/** So many people are kept together in one file. */
const block = 20;

/** The first `count` phantom numbers, from 1, of patients with a tumour. */
export function tumourNumbers(seed: number, count: number): number[] {
  const numbers: number[] = [];
  for (let index = 1; numbers.length < count; index++) if (hasTumour(seed, index)) numbers.push(index);
  return numbers;
}

/** Both rows of one person; the scan's grid and noise are the same in both. */
function rowsOf(index: number, seed: number, size: Vec3): [Row, Row] {
  const row = (group: string, withoutTumour: boolean): Row => {
    const { image, label } = makePhantomPatient(index, { seed, size, withoutTumour });
    return featureRow(regionOf(`person_${index}`, group, image, label));
  };
  return [row('tumour', false), row('healthy twin', true)];
}

/**
 * Features of `count` people with and without their tumour, on the notebook's common grid. Made in blocks of 20 that
 * are kept in `data/radiomics`, so that a stopped run goes on where it was. No people give empty tables.
 */
export async function pairedPeople({
  count,
  seed,
  size = phantomProfiles.demo.size,
  onPerson,
}: PeopleOptions): Promise<PairedPeople> {
  const numbers = tumourNumbers(seed, count);
  const progress = startProgress('people', count);
  const rows: Row[] = [];
  for (let first = 0; first < count; first += block) {
    const people = numbers.slice(first, first + block);
    const from = { generator: phantomGeneratorVersion, seed, size, people, settings: commonGrid };
    const made = await cachedTable(`paired-people-${seed}`, from, async () => {
      const own: Row[] = [];
      for (const index of people) {
        own.push(...rowsOf(index, seed, size));
        progress.update(first + own.length / 2);
        await breathe();
        onPerson?.();
      }
      return toTable(own);
    });
    rows.push(...made.rows);
    progress.update(first + people.length);
  }
  progress.finish();
  const of = (group: string): Table => toTable(rows.filter((row) => row.group === group));
  return { ill: of('tumour'), healthy: of('healthy twin') };
}
