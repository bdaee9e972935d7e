/** Runs the study `radiomics`: makes the people, draws the cohorts, tests them, and writes the record. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { phantomGeneratorVersion } from 'axunet/dataset/phantom';
import { codeVersion } from 'axunet/figures/saveFigure';
import { sha256, writeJson } from 'axunet/io/files';
import { readJsonAs } from 'axunet/io/schema';
import { startProgress } from 'axunet/progress';
import { featureVersion } from 'axunet/radiomics/record';
import { projectPath } from 'axunet/settings';
import { watchSignals } from 'axunet/train/signals';
import { TrainingStopped } from 'axunet/train/trainer';
import type { Vec3 } from 'axunet/volume/volume';
import { columnsOf } from '../radiomics/region.ts';
import { trueEffects } from '../radiomics/tests.ts';
import { pairedPeople } from './pairedPeople.ts';
import { type Population, type PowerAtSize, type PowerOptions, powerAt, powerSchema } from './power.ts';
import { type PowerRecord, powerStudyName, powerTitle, writePowerRecord } from './powerRecord.ts';
import { recordsFolder } from './record.ts';

export interface PowerPlan {
  readonly people: number;
  /** Patients in each group; twice the largest is at most `people`. */
  readonly sizes: readonly number[];
  readonly cohorts: number;
  readonly resamples: number;
  readonly seeds: PowerRecord['seeds'];
  /** Voxels of a scan; those of profile `demo` by default. */
  readonly size?: Vec3;
}

/** Ten minutes on two quiet cores, half of it for the people. */
export const powerPlan: PowerPlan = {
  people: 320,
  sizes: [10, 20, 40, 80, 160],
  cohorts: 200,
  resamples: 399,
  seeds: { people: 2001, cohorts: 1 },
};

const level = 0.05;

/** Goes up when equal people and options give other results, so that kept ones are made again. */
const powerVersion = 1;

/** The results of one size, or those that an earlier run left for the same people and options. */
async function keptPower(
  folder: string,
  population: Population,
  options: PowerOptions,
  onCohort: (done: number) => void,
): Promise<PowerAtSize> {
  const hash = sha256(JSON.stringify({ powerVersion, population, options })).slice(0, 12);
  const file = path.join(folder, `patients-${options.patients}-${hash}.json`);
  if (existsSync(file)) return readJsonAs(file, powerSchema);
  const made = await powerAt(population, options, onCohort);
  await writeJson(file, made);
  return made;
}

function recordOf(plan: PowerPlan, { effects }: Population, done: readonly PowerAtSize[]): PowerRecord {
  const { people, cohorts, resamples, seeds } = plan;
  return {
    study: powerStudyName,
    title: powerTitle,
    command: `npm run study -- ${powerStudyName}`,
    source:
      `${people} phantom people with a tumour, each also as healthy twin, of the size of profile demo ` +
      '(synthetic: easier than people)',
    node: process.versions.node,
    version: codeVersion(),
    made: { phantomGenerator: phantomGeneratorVersion, features: featureVersion },
    seeds,
    people,
    cohorts,
    resamples,
    level,
    sizes: plan.sizes,
    features: Object.entries(effects).map(([name, effect]) => ({
      name,
      effect,
      found: done.map(({ features }) => features[name]!),
    })),
    shares: done.flatMap(({ shares }) => shares),
  };
}

/**
 * Makes the people and tests the cohorts of each size, what an earlier run has kept being read, and writes
 * the record in the end. A signal ends it with `TrainingStopped`; the next start goes on with the block of
 * people, or the size, that it was at.
 */
export async function runPower(
  plan: PowerPlan = powerPlan,
  places: { readonly runs?: string; readonly records?: string } = {},
): Promise<PowerRecord> {
  const { runs = projectPath('runs/study'), records = recordsFolder } = places;
  const stop = watchSignals();
  const checkStop = (): void => {
    if (stop.signal) throw new TrainingStopped(`Stopped by ${stop.signal}; the same command goes on`);
  };
  try {
    const { ill, healthy } = await pairedPeople({
      count: plan.people,
      seed: plan.seeds.people,
      size: plan.size,
      onPerson: checkStop,
    });
    const effects = trueEffects(ill, healthy);
    const names = Object.keys(effects);
    const population = { ill: columnsOf(ill, names), healthy: columnsOf(healthy, names), effects };
    const done: PowerAtSize[] = [];
    for (const patients of plan.sizes) {
      const progress = startProgress(`cohorts of ${patients} + ${patients}`, plan.cohorts);
      const options = { patients, cohorts: plan.cohorts, resamples: plan.resamples, seed: plan.seeds.cohorts, level };
      done.push(
        await keptPower(path.join(runs, powerStudyName), population, options, (k) => {
          progress.update(k);
          checkStop();
        }),
      );
      progress.finish();
    }
    const record = recordOf(plan, population, done);
    await writePowerRecord(record, records);
    return record;
  } finally {
    stop.dispose();
  }
}
