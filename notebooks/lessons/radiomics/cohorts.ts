/** From patients to feature tables, as radiomics.ipynb does it: one region of interest a patient, all on one grid. */
import { type CaseList } from 'axunet/dataset/caseList';
import { defaultFolder, openDataset } from 'axunet/dataset/cases';
import {
  makePhantomCohort,
  makePhantomPatient,
  phantomGeneratorVersion,
  phantomProfiles,
} from 'axunet/dataset/phantom';
import { readCase } from 'axunet/dataset/readCase';
import { type Table, toTable } from 'axunet/figures/table';
import { breathe, startProgress } from 'axunet/progress';
import { type RadiomicsSettings, radiomicsSettings } from 'axunet/radiomics/settings';
import { type Profile, projectPath } from 'axunet/settings';
import { openSession, type Session } from '../session.ts';
import { commonGrid, featureRow, type Region, regionOf } from './region.ts';
import { scanAgain, secondProtocol } from './secondScanner.ts';
import { cachedTable } from './tableCache.ts';

/** The session of the phantom cohort, whatever data set is set: the lessons of this notebook need a known truth. */
export function openRadiomicsSession(): Session {
  const session = openSession();
  if (session.dataset === 'phantom') return session;
  const label = `phantom-${session.profile}`;
  return {
    ...session,
    dataset: 'phantom',
    data: defaultFolder('phantom'),
    slices: projectPath('data/slices', label),
    runs: projectPath('runs', label),
  };
}

/** Makes something of each item with a progress line, leaving the kernel time to be interrupted. */
async function each<T, R>(name: string, items: readonly T[], make: (item: T) => R | Promise<R>): Promise<R[]> {
  const progress = startProgress(name, items.length);
  const out: R[] = [];
  for (const item of items) {
    out.push(await make(item));
    progress.update(out.length, '');
    await breathe();
  }
  progress.finish();
  return out;
}

/** The labelled patients of a data set as regions. */
export const openRegions = (list: CaseList): Promise<Region[]> =>
  each(
    'regions',
    list.cases.filter((c) => c.label),
    async (one) => {
      const { id, image, label } = await readCase(one);
      return regionOf(id, one.group ?? '', image, label);
    },
  );

/** The patients of one group as a second hospital would scan and contour them. */
export const secondScannerRegions = (list: CaseList, group: string): Promise<Region[]> =>
  each(
    'second scanner',
    list.cases.filter((c) => c.label && c.group === group),
    async (one) => {
      const { id, image, label } = await readCase(one);
      const again = scanAgain(image, label, secondProtocol, list.cases.indexOf(one));
      return regionOf(id, one.group ?? '', again.image, again.mask);
    },
  );

/** Every tumour patient of the phantom cohort once more, as if the tumour had never grown: all else is equal. */
const healthyTwins = ({ profile, seed }: Session, regions: readonly Region[]): Promise<Region[]> =>
  each(
    'healthy twins',
    regions.filter(({ group }) => group === 'tumour'),
    ({ id }) => {
      const { image, label } = makePhantomPatient(Number(id.split('_')[1]), {
        seed,
        size: phantomProfiles[profile].size,
        withoutTumour: true,
      });
      return regionOf(id, 'healthy twin', image, label);
    },
  );

/** Patients that no network was trained on; another seed is another set of people. */
const newPatients: Readonly<Record<Profile, number>> = { tiny: 6, demo: 16, study: 40, paper: 40 };
const newPatientsSeed = 1001;

/** Another hospital's phantom patients, made where they are not there yet. */
export async function openNewPatients({ profile }: Session): Promise<CaseList> {
  const folder = projectPath('data', `phantom-new-${profile}`);
  const progress = startProgress('new patients', newPatients[profile]);
  await makePhantomCohort(folder, {
    profile,
    patients: newPatients[profile],
    seed: newPatientsSeed,
    onProgress: (done, _, note) => progress.update(done, note),
  });
  progress.finish();
  return openDataset('phantom', folder);
}

/** One row per region: id, group, voxels, acquisition, features. Throws a MaskError where a mask cannot be used. */
export async function featureTable(
  regions: readonly Region[],
  name = 'features',
  settings: RadiomicsSettings = radiomicsSettings(),
): Promise<Table> {
  return toTable(await each(name, regions, (region) => featureRow(region, settings)));
}

/** Features of the healthy twins, made once: another run reads them from `data/radiomics`. */
export const twinTable = (session: Session, regions: readonly Region[]): Promise<Table> => {
  const ids = regions.filter(({ group }) => group === 'tumour').map(({ id }) => id);
  const from = {
    generator: phantomGeneratorVersion,
    seed: session.seed,
    size: phantomProfiles[session.profile].size,
    ids,
    settings: commonGrid,
  };
  return cachedTable('healthy-twins', from, async () => featureTable(await healthyTwins(session, regions)));
};

/** Which rows belong to a group. */
export const isGroup = (table: Table, group: string, column = 'group'): boolean[] =>
  table.column(column).map((value) => value === group);

/** Tables with equal columns, one below the other; `from` says in a column `cohort` where a row comes from. */
export const stack = (tables: Readonly<Record<string, Table>>): Table =>
  toTable(Object.entries(tables).flatMap(([cohort, table]) => table.rows.map((row) => ({ cohort, ...row }))));

/** `original_glcm_Contrast` as a figure writes it: `GLCM Contrast`. */
export function shortName(feature: string): string {
  const [, family, name] = /^original_([A-Za-z0-9]+)_(.+)$/.exec(feature) ?? [];
  if (!family)
    return feature
      .replace(/^acquisition_/, '')
      .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
      .replace(/ mm$/, ', mm')
      .replace(/ hu$/, ', HU');
  const label = { firstorder: 'first-order', shape: 'shape', shape2D: '2-D shape' }[family] ?? family.toUpperCase();
  return `${label} ${name}`;
}
