/** From patients to feature tables, as radiomics.ipynb does it: one region of interest a patient, all on one grid. */
import { defaultFolder, openDataset, type CaseList } from '../dataset/cases.ts';
import { makePhantomCohort, makePhantomPatient, phantomGeneratorVersion, phantomProfiles } from '../dataset/phantom.ts';
import { scanAgain, secondProtocol } from '../dataset/phantom/secondScanner.ts';
import { toTable, type Row, type Table } from '../figures/table.ts';
import { breathe } from '../predict/breathe.ts';
import { startProgress } from '../progress.ts';
import { acquisitionFeatures } from '../radiomics/acquisition.ts';
import { extractFeatures } from '../radiomics/extract.ts';
import { checkMask } from '../radiomics/maskCheck.ts';
import { resampleForRadiomics } from '../radiomics/resample.ts';
import { radiomicsSettings, type RadiomicsSettings } from '../radiomics/settings.ts';
import { projectPath, type Profile } from '../settings.ts';
import type { FeatureColumns } from '../statistics/compareFeatures.ts';
import { toCanonical } from '../volume/orientation.ts';
import { binaryMask } from '../volume/perturbMask.ts';
import type { Volume } from '../volume/volume.ts';
import { readCase } from './examples.ts';
import { cachedTable } from './tableCache.ts';
import { openSession, type Session } from './session.ts';

/** The session of the phantom cohort, whatever data set is set: the lessons of this notebook need a known truth. */
export function openRadiomicsSession(): Session {
  const session = openSession();
  if (session.dataset === 'phantom') return session;
  const label = `phantom-${session.profile}`;
  return { ...session, dataset: 'phantom', data: defaultFolder('phantom'), slices: projectPath('data/slices', label), runs: projectPath('runs', label) };
}

/** The pancreas of one patient on the common grid, cut out with a margin. */
export interface Region {
  readonly id: string;
  readonly group: string;
  readonly image: Volume;
  /** 1 in the organ (gland, duct and tumour), else 0. */
  readonly mask: Volume;
  /** Of the scan as it came, before resampling. */
  readonly acquisition: Readonly<Record<string, number>>;
}

/** All patients are compared on cubes of this edge: texture knows voxels, not millimetres. */
export const commonSpacingMm = 3;

/** How an image comes onto them. */
export const commonGrid = radiomicsSettings({ resampledSpacingMm: [commonSpacingMm, commonSpacingMm, commonSpacingMm] });

/** Image and mask (non-zero is organ) on the common grid. Throws a MaskError where the mask is empty or does not fit. */
export function regionOf(id: string, group: string, image: Volume, mask: Volume): Region {
  const [canonical, organ] = [toCanonical(image), toCanonical<Uint8Array>({ ...mask, data: binaryMask(mask) })];
  const box = checkMask(canonical, organ, { label: 1, minimumRoiVoxels: null, minimumRoiDimensions: 2 });
  return { id, group, ...resampleForRadiomics(canonical, organ, box, commonGrid), acquisition: acquisitionFeatures(canonical) };
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
export const openRegions = (list: CaseList): Promise<Region[]> => each('regions', list.cases.filter((c) => c.label), async (one) => {
  const { id, image, label } = await readCase(one);
  return regionOf(id, one.group ?? '', image, label);
});

/** The patients of one group as a second hospital would scan and contour them. */
export const secondScannerRegions = (list: CaseList, group: string): Promise<Region[]> => each('second scanner', list.cases.filter((c) => c.label && c.group === group), async (one) => {
  const { id, image, label } = await readCase(one);
  const again = scanAgain(image, label, secondProtocol, list.cases.indexOf(one));
  return regionOf(id, one.group ?? '', again.image, again.mask);
});

/** Every tumour patient of the phantom cohort once more, as if the tumour had never grown: all else is equal. */
const healthyTwins = ({ profile, seed }: Session, regions: readonly Region[]): Promise<Region[]> =>
  each('healthy twins', regions.filter(({ group }) => group === 'tumour'), ({ id }) => {
    const { image, label } = makePhantomPatient(Number(id.split('_')[1]), { seed, size: phantomProfiles[profile].size, withoutTumour: true });
    return regionOf(id, 'healthy twin', image, label);
  });

/** Patients that no network was trained on; another seed is another set of people. */
const newPatients: Readonly<Record<Profile, number>> = { tiny: 6, demo: 16, study: 40, paper: 40 };
const newPatientsSeed = 1001;

/** Another hospital's phantom patients, made where they are not there yet. */
export async function openNewPatients({ profile }: Session): Promise<CaseList> {
  const folder = projectPath('data', `phantom-new-${profile}`);
  const progress = startProgress('new patients', newPatients[profile]);
  await makePhantomCohort(folder, { profile, patients: newPatients[profile], seed: newPatientsSeed, onProgress: (done, _, note) => progress.update(done, note) });
  progress.finish();
  return openDataset('phantom', folder);
}

/** The features of one region, with what belongs to its row. Throws a MaskError where the mask cannot be used. */
export function featureRow({ id, group, image, mask, acquisition }: Region, settings: RadiomicsSettings = radiomicsSettings()): Row {
  const { features, voxels } = extractFeatures(image, mask, settings);
  return { id, group, voxels, ...acquisition, ...features };
}

/** One row per region: id, group, voxels, acquisition, features. Throws a MaskError where a mask cannot be used. */
export async function featureTable(regions: readonly Region[], name = 'features', settings: RadiomicsSettings = radiomicsSettings()): Promise<Table> {
  return toTable(await each(name, regions, (region) => featureRow(region, settings)));
}

/** Features of the healthy twins, made once: another run reads them from `data/radiomics`. */
export const twinTable = (session: Session, regions: readonly Region[]): Promise<Table> => {
  const ids = regions.filter(({ group }) => group === 'tumour').map(({ id }) => id);
  const from = { generator: phantomGeneratorVersion, seed: session.seed, size: phantomProfiles[session.profile].size, ids, settings: commonGrid };
  return cachedTable('healthy-twins', from, async () => featureTable(await healthyTwins(session, regions)));
};

/** Columns that hold pancreas features. */
export const featureNamesOf = (table: Table): string[] => table.columns.filter((name) => name.startsWith('original_'));

/** The named columns (the pancreas features by default) as lists of numbers. */
export const columnsOf = (table: Table, names: readonly string[] = featureNamesOf(table)): FeatureColumns =>
  Object.fromEntries(names.map((name) => [name, table.numbers(name)]));

/** Which rows belong to a group. */
export const isGroup = (table: Table, group: string, column = 'group'): boolean[] => table.column(column).map((value) => value === group);

/** Tables with equal columns, one below the other; `from` says in a column `cohort` where a row comes from. */
export const stack = (tables: Readonly<Record<string, Table>>): Table =>
  toTable(Object.entries(tables).flatMap(([cohort, table]) => table.rows.map((row) => ({ cohort, ...row }))));

/** `original_glcm_Contrast` as a figure writes it: `GLCM Contrast`. */
export function shortName(feature: string): string {
  const [, family, name] = /^original_([A-Za-z0-9]+)_(.+)$/.exec(feature) ?? [];
  if (!family) return feature.replace(/^acquisition_/, '').replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/ mm$/, ', mm').replace(/ hu$/, ', HU');
  const label = { firstorder: 'first-order', shape: 'shape' }[family] ?? family.toUpperCase();
  return `${label} ${name}`;
}
