/**
 * Shape of 50 real pancreas masks (PANORAMA, CC BY-NC 4.0): features, what is known of
 * each patient, and checks of both.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { datasetFolder, defaultFolder } from 'axunet/dataset/cases';
import { type MaskFile, openMasks } from 'axunet/dataset/masks';
import { datasetEntry } from 'axunet/dataset/registry';
import { expected } from 'axunet/errors';
import { showBundle } from 'axunet/figures/show';
import { type Row, type Table, toTable } from 'axunet/figures/table';
import { parseCsv } from 'axunet/io/csv';
import { readBytesSync, readTextSync } from 'axunet/io/files';
import {
  checkShape,
  dictionary,
  list,
  natural,
  object,
  optional,
  parseJson,
  realNumber,
  type Schema,
  text,
} from 'axunet/io/schema';
import { breathe, startProgress } from 'axunet/progress';
import { extractFeatures } from 'axunet/radiomics/extract';
import { radiomicsSettings } from 'axunet/radiomics/settings';
import { openMask } from 'axunet/scan/openVolume';
import { projectPath, settings } from 'axunet/settings';
import type { Volume } from 'axunet/volume/volume';
import type { FigureSource } from '../session.ts';
import { cachedTable } from './tableCache.ts';

/** Stored label values: PDAC lesion, pancreas parenchyma, pancreatic duct. */
const panoramaLabels = { lesion: 1, parenchyma: 4, duct: 5 } as const;

/** What PyRadiomics and we recorded, for checks and for readers without the masks. */
const recorded = (name: string): string => projectPath('figures/recorded/panorama-shape', name);

/** Where the masks lie: `data/panorama`, or the folder of extra test data; undefined where they are in neither. */
export function panoramaFolder(): string | undefined {
  const shared = settings.sharedFolder ? path.join(settings.sharedFolder, 'data/panorama') : undefined;
  return [datasetFolder('panorama'), defaultFolder('panorama'), shared].find(
    (folder) =>
      folder && existsSync(path.join(folder, 'masks')) && existsSync(path.join(folder, 'clinical_information.csv')),
  );
}

/** One sentence on what is missing and how to get it. */
export function panoramaMissing(): string {
  const { howToGet, source } = datasetEntry('panorama');
  return (
    `The PANORAMA masks are not here. data/panorama/masks: ${howToGet.replace(/;.*/, '')}; ` +
    `data/panorama/clinical_information.csv: ${source}. The figure below was recorded with them.`
  );
}

/**
 * Where a PNG file says how wide and high it is (PNG specification, chunk IHDR), and the
 * pixels of a saved figure per CSS pixel.
 */
const [widthAt, heightAt, zoom] = [16, 20, 2];

/** Shows a recorded figure as it was committed. */
export function showRecorded(name: string): void {
  const png = readBytesSync(recorded(`${name}.png`), 'a recorded figure');
  const [width, height] = [png.readUInt32BE(widthAt) / zoom, png.readUInt32BE(heightAt) / zoom];
  showBundle({ 'image/png': png, 'text/plain': `Recorded figure: ${name}` }, { 'image/png': { width, height } });
}

interface CaseFacts {
  readonly source?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

const addressesSchema = object({ files: list(object({ path: text, url: text })) });
const factsSchema: Schema<Record<string, CaseFacts>> = dictionary(
  object({ source: optional(text), counts: optional(dictionary(natural)) }),
);

function readJsonSync<T>(file: string, schema: Schema<T>, what: string): T {
  return checkShape(parseJson(readTextSync(file, what), file), schema, file, what);
}

/** Rows of clinical_information.csv by study. */
function clinicalRows(folder: string): Map<string, Record<string, string>> {
  const file = path.join(folder, 'clinical_information.csv');
  const [heading = [], ...rows] = parseCsv(readTextSync(file, 'a table'), file);
  const named = rows.map((cells) => Object.fromEntries(heading.map((name, c) => [name.trim(), cells[c] ?? ''])));
  return new Map(named.map((row) => [row.PANORAMA_study_id!, row]));
}

/**
 * Facts beside the masks, where there are any: expected voxel counts and whether a person or a network drew the organ.
 */
function caseFacts(folder: string): Record<string, CaseFacts> {
  const file = path.join(folder, 'cases.json');
  if (existsSync(file)) return readJsonSync(file, factsSchema, 'facts about masks');
  const { files } = readJsonSync(
    projectPath('lib/dataset/manifests/panorama.json'),
    addressesSchema,
    'a list of files',
  );
  return Object.fromEntries(files.map(({ path: to, url }) => [path.basename(to, '.nii.gz'), { source: url }]));
}

const countOf = ({ data }: Volume, label: number): number => {
  let count = 0;
  for (const value of data) if (value === label) count++;
  return count;
};

/** Shape of one label, or of the whole organ, under names that begin with `prefix`. */
function shapeOf(mask: Volume, label: number, prefix: string): Record<string, number> {
  const { features } = extractFeatures(mask, mask, radiomicsSettings({ label, families: ['shape'] }));
  return Object.fromEntries(
    Object.entries(features).map(([name, value]) => [name.replace('original_shape_', prefix), value]),
  );
}

/** Lesion, parenchyma and duct as one label. */
function wholeOrgan(mask: Volume): Volume {
  const { lesion, parenchyma, duct } = panoramaLabels;
  const data = new Uint8Array(mask.data.length);
  const organ: readonly number[] = [lesion, parenchyma, duct];
  for (let i = 0; i < data.length; i++) data[i] = Number(organ.includes(mask.data[i]!));
  return { ...mask, data };
}

/** Whether the voxels of each label are as many as the facts say. */
function agreement(counts: Readonly<Record<string, number>>, given: CaseFacts['counts']): 'yes' | 'no' | 'not given' {
  if (!given) return 'not given';
  return Object.entries(counts).every(([label, count]) => given[label] === count) ? 'yes' : 'no';
}

function rowOf(id: string, mask: Volume, facts: CaseFacts, clinical: Record<string, string>): Row {
  const counts = Object.fromEntries(Object.values(panoramaLabels).map((label) => [label, countOf(mask, label)]));
  const isByPerson = facts.source?.startsWith('manual') ?? false;
  return {
    id,
    group: clinical.label!,
    scanner: clinical.scanner || clinical.level || 'unknown',
    drawnBy: isByPerson ? 'person' : 'network',
    countsAgree: agreement(counts, facts.counts),
    voxels: counts[panoramaLabels.parenchyma]!,
    acquisition_PixelSpacingMm: mask.spacingMm[0],
    acquisition_SliceSpacingMm: mask.spacingMm[2],
    acquisition_DrawnByPerson: Number(isByPerson),
    age: Number.parseInt(clinical.patient_age ?? '', 10),
    ...shapeOf(mask, panoramaLabels.parenchyma, 'original_shape_'),
    ...shapeOf(wholeOrgan(mask), 1, 'organ_'),
  };
}

/**
 * One row per mask: group (PDAC or non-PDAC), what is known of the scan, the shape of the parenchyma
 * (`original_shape_…`) and of the organ with lesion and duct (`organ_…`). Throws for a mask without a clinical row.
 */
export async function measurePanorama(folder: string, masks: readonly Pick<MaskFile, 'id' | 'file'>[]): Promise<Table> {
  const [facts, clinical] = [caseFacts(folder), clinicalRows(folder)];
  const progress = startProgress('real masks', masks.length);
  const rows: Row[] = [];
  for (const { id, file } of masks) {
    const row = clinical.get(id);
    if (!row) throw expected(`a row for ${id}`, 'none', path.join(folder, 'clinical_information.csv'));
    rows.push(rowOf(id, await openMask(file), facts[id] ?? {}, row));
    progress.update(rows.length, id);
    await breathe();
  }
  progress.finish();
  return toTable(rows);
}

/** The table of all masks, or of `limit` evenly spread ones; measured once, then read from `data/radiomics`. */
export async function panoramaTable(folder: string, limit = Infinity): Promise<Table> {
  const { masks } = openMasks('panorama', folder);
  const place = (i: number): number => Math.floor((i * limit) / masks.length);
  const chosen = masks.filter((_, i) => limit >= masks.length || place(i) !== place(i - 1));
  const besides = ['clinical_information.csv', 'cases.json']
    .map((name) => path.join(folder, name))
    .filter((file) => existsSync(file));
  return cachedTable('panorama-shape', { files: [...chosen.map(({ file }) => file), ...besides], version: 1 }, () =>
    measurePanorama(folder, chosen),
  );
}

/** Where a figure of these masks comes from: not from the session's data set. */
export const panoramaSource = (table: Table): FigureSource => ({
  dataset: 'panorama',
  parameters: { masks: table.rowCount },
});

export interface PeerValues {
  readonly tool: string;
  /** Feature (PyRadiomics' name) → value, by case. */
  readonly cases: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const peerSchema = object({ tool: text, features: list(text), cases: dictionary(list(realNumber)) });

/**
 * What PyRadiomics measured in all masks of the set, label 4; the file says how, and holds one row of values a mask.
 */
export function panoramaPeer(): PeerValues {
  const { tool, features, cases } = readJsonSync(recorded('pyradiomics.json'), peerSchema, 'values of PyRadiomics');
  const named = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(features.map((feature, i) => [feature, values[i]!]));
  return { tool, cases: Object.fromEntries(Object.entries(cases).map(([id, values]) => [id, named(values)])) };
}

/** The largest relative difference to the peer's shape features over the cases that both have. */
export function compareWithPeer(table: Table, peer: PeerValues): { cases: number; values: number; largest: number } {
  const rows = table.rows.filter(({ id }) => peer.cases[id as string]);
  const differences = rows.flatMap((row) =>
    Object.entries(peer.cases[row.id as string]!).map(
      ([name, value]) => Math.abs((row[`original_shape_${name}`] as number) - value) / Math.abs(value),
    ),
  );
  return { cases: rows.length, values: differences.length, largest: Math.max(...differences) };
}
