/** What the notebooks share: the settings of this run, where things lie, and one way to show and keep a figure. */

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type CaseList } from 'axunet/dataset/caseList';
import { datasetFolder, defaultFolder, openDataset, shortPath } from 'axunet/dataset/cases';
import { makePhantomCohort, phantomProfiles } from 'axunet/dataset/phantom';
import { expected } from 'axunet/errors';
import type { Figure } from 'axunet/figures/figure';
import { type Provenance, saveFigure } from 'axunet/figures/saveFigure';
import { showFigure } from 'axunet/figures/show';
import { toTable } from 'axunet/figures/table';
import { startProgress } from 'axunet/progress';
import { type Profile, projectPath, settings } from 'axunet/settings';
import { recordFile } from './study/record.ts';

export interface Session {
  readonly profile: Profile;
  readonly dataset: string;
  /** One seed for folds, first weights, order and augmentation. */
  readonly seed: number;
  /** Where the data set lies. */
  readonly data: string;
  /** Where preprocessed slices go. */
  readonly slices: string;
  /** Where training runs go, one folder a fold. */
  readonly runs: string;
  /** Where figures and `summary.json` go. */
  readonly figures: string;
}

/** The settings of the running notebook; see docs/settings.md for the variables behind them. */
export function openSession(): Session {
  const { profile, dataset } = settings;
  const label = `${dataset.replace(/[^\w-]+/g, '_')}-${profile}`;
  return {
    profile,
    dataset,
    seed: 1,
    data: datasetFolder(dataset),
    slices: projectPath('data/slices', label),
    runs: projectPath('runs', label),
    figures: settings.figuresFolder,
  };
}

/** The settings as a table, folders relative to the project. */
export function showSession(session: Session): void {
  toTable(
    Object.entries(session).map(([setting, value]: [string, string | number]) => ({
      setting,
      value: typeof value === 'string' && path.isAbsolute(value) ? shortPath(value) : String(value),
    })),
  ).show();
}

/**
 * Phantoms are made in their own place, or in a folder that is there and holds nothing or phantoms: a mistyped name
 * must not become a folder full of them. Throws a UserError for any other.
 */
function checkPhantomPlace(folder: string): void {
  if (path.resolve(folder) === defaultFolder('phantom')) return;
  const found = existsSync(folder) ? readdirSync(folder) : undefined;
  if (found?.length === 0 || found?.includes('dataset.json')) return;
  const own = shortPath(defaultFolder('phantom'));
  const wanted = `the phantom cohort's own folder (${own}), one with phantoms, or an empty one`;
  throw expected(wanted, found ? 'other files' : 'no such folder', folder);
}

/**
 * Opens the data set of the session; the phantom cohort is made first where it is not complete. Throws a UserError
 * where the cohort would be made in a folder of another purpose, or in one that is not there.
 */
export async function openCases(session: Session): Promise<CaseList> {
  if (session.dataset === 'phantom') {
    checkPhantomPlace(session.data);
    const progress = startProgress('phantom patients', phantomProfiles[session.profile].patients);
    await makePhantomCohort(session.data, {
      profile: session.profile,
      seed: session.seed,
      onProgress: (done, _, note) => progress.update(done, note),
    });
    progress.finish();
  }
  return openDataset(session.dataset, session.data);
}

/** What a figure was made from, where that is not the prepared data set of the session. */
export interface FigureSource extends Provenance {
  /** The data that the figure shows: a name of the registry, or a sentence with source and licence. */
  readonly dataset: string;
}

/** The session's own data: its prepared slices, whose manifest holds the checksums of all source files. */
function sessionSource({ profile, dataset, seed, slices }: Session): Provenance {
  const manifest = path.join(slices, 'manifest.json');
  return { parameters: { profile, dataset }, inputs: existsSync(manifest) ? [manifest] : [], seed };
}

const provenanceOf = ({ dataset, parameters, ...from }: FigureSource): Provenance => ({
  ...from,
  parameters: { dataset, ...parameters },
});

/** The source of figures that are drawn from the record of a study; without a record the figure is empty. */
export function sourceOf(record: { readonly study: string; readonly source: string } | undefined): FigureSource {
  if (!record?.source) return { dataset: 'none: nothing is recorded' };
  return { dataset: record.source, parameters: { study: record.study }, inputs: [recordFile(record.study)] };
}

/**
 * Draws a figure into the notebook and keeps it as PNG, SVG and JSON with where it comes from: the session's data, or
 * `source` and nothing else where that is given.
 */
export async function figure(session: Session, name: string, spec: Figure, source?: FigureSource): Promise<void> {
  const from = source ? provenanceOf(source) : sessionSource(session);
  await saveFigure(session.figures, name, spec, from);
  await showFigure(spec);
}
