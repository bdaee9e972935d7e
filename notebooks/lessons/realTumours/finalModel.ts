/** The classifier that is kept: trained on all patients, written down whole, and applied to others once. */
import { existsSync } from 'node:fs';
import { expected } from 'axunet/errors';
import { sha256, writeJson } from 'axunet/io/files';
import { list, natural, object, readJsonAs, realNumber, type Schema, type Shape, text } from 'axunet/io/schema';
import { featureVersion } from 'axunet/radiomics/record';
import { type AucComparison, deLongTest } from 'axunet/statistics/roc';
import { recordsFolder, versionSchema } from '../study/record.ts';
import { boxTables, scanColumns, scoreOf, sizeColumns } from './arms.ts';
import { type Calibration, calibrate } from './calibration.ts';
import { besideResults } from './classifierRecord.ts';
import { fitLogisticModel, type LogisticModel, logisticProbability } from './learners.ts';
import { type Patients, patientsOf } from './patientTable.ts';
import { openRealTumours, type RealTumourTable } from './table.ts';

const numbers = list(realNumber);
const modelSchema = object({
  name: text,
  label: text,
  columns: list(text),
  fill: numbers,
  mean: numbers,
  sd: numbers,
  penalty: realNumber,
  intercept: realNumber,
  weights: numbers,
});

const fileSchema = object({
  what: text,
  /** Of the features: others must not be put into these coefficients. */
  features: natural,
  version: versionSchema,
  seed: natural,
  /** The patients, as the first digits of the sha256 of their names. */
  learnedFrom: list(text),
  /** The final one is the first; the others stand beside it. */
  models: list(modelSchema),
});
export type ModelFile = Shape<typeof fileSchema>;
type NamedModel = Shape<typeof modelSchema>;

const what =
  'Logistic regressions: value or fill, minus mean, by sd (0: left out), cut at ±4, times weights, plus intercept; ' +
  'medians over the slices of a patient. The first is the final one, the others are what the scan alone gives';

/** What stands for a patient in the file. */
const markOf = (id: string): string => sha256(id).slice(0, 12);

/** Trains the final model and those beside it on all patients of the table. */
export function trainModels(table: RealTumourTable, version: ModelFile['version'], seed: number): ModelFile {
  const { box, scan, size } = boxTables(table);
  const named = (name: string, label: string, patients: Patients): NamedModel => {
    const { columns, ...model }: LogisticModel = fitLogisticModel(patients, seed);
    return { name, label, columns, ...model };
  };
  return {
    what,
    features: featureVersion,
    version,
    seed,
    learnedFrom: box.ids.map(markOf),
    models: [
      named('box', 'features of the box', box),
      named('scan', 'box size, slice, noise in fat', scan),
      named('size', 'width and height of the box', size),
    ],
  };
}

const modelFile = (records: string): string => besideResults('model.json', records);

export const writeModels = (models: ModelFile, records = recordsFolder): Promise<void> =>
  writeJson(modelFile(records), models);

/** Reads the models. Throws where there are none, and for a model whose lists are not of one length. */
export async function readModels(records = recordsFolder): Promise<ModelFile> {
  const file = modelFile(records);
  if (!existsSync(file)) throw expected('a trained model; npm run study -- real-tumours makes it', 'none', file);
  const models = await readJsonAs(file, fileSchema as Schema<ModelFile>, 'models of the real tumours');
  for (const { name, columns, fill, mean, sd, weights } of models.models) {
    const other = [fill, mean, sd, weights].find(({ length }) => length !== columns.length);
    if (other) throw expected(`${columns.length} numbers a list in model ${name}`, `${other.length}`, file);
  }
  if (models.models.length === 0) throw expected('one model or more', 'none', file);
  return models;
}

/** The columns of a model, of patients. Throws for a column that the table does not have. */
function tableFor({ name, columns }: NamedModel, { rows }: RealTumourTable): Patients {
  const isOfScan = [...scanColumns, ...sizeColumns].some((column) => columns.includes(column));
  const patients = patientsOf(rows, columns, ({ acquisition, box }) => (isOfScan ? acquisition : box));
  const missing = columns.find((column) => !(column in (isOfScan ? rows[0]!.acquisition : rows[0]!.box)));
  if (missing !== undefined) throw expected(`the column ${missing} of model ${name}`, 'a table without it');
  return patients;
}

export interface AppliedModel {
  readonly name: string;
  readonly label: string;
  readonly auc: number;
  /** DeLong's 95 % on the logit's scale. */
  readonly interval: readonly [number, number];
  readonly calibration: Calibration;
}

export interface Applied {
  readonly ill: number;
  readonly well: number;
  /** Patients of the folder whom the models were trained on: their scores say nothing. */
  readonly seen: readonly string[];
  readonly models: readonly AppliedModel[];
  /** AUC of the final model minus that of each other one. */
  readonly differences: readonly (AucComparison & { readonly name: string })[];
}

/**
 * Scores the patients of a folder laid out as `pancreas-crops` (slices.json, images; no masks are needed) by every
 * model. Nothing is learned from them. Throws for features of another version, and for fewer than two patients with or
 * without a tumour.
 */
export async function applyModels(folder: string, records = recordsFolder): Promise<Applied> {
  const file = await readModels(records);
  if (file.features !== featureVersion)
    throw expected(`features of version ${file.features}, as the models were trained on`, `version ${featureVersion}`);
  const table = await openRealTumours(folder);
  const scored = file.models.map((model) => {
    const patients = tableFor(model, table);
    return { model, patients, probabilities: logisticProbability(model, patients) };
  });
  const { ids, ill } = scored[0]!.patients;
  const seen = new Set(file.learnedFrom);
  const bins = Math.max(1, Math.min(10, Math.floor(ids.length / 10)));
  return {
    ill: ill.filter(Boolean).length,
    well: ill.filter((is) => !is).length,
    seen: ids.filter((id) => seen.has(markOf(id))),
    models: scored.map(({ model: { name, label }, patients, probabilities }) => {
      const { auc, interval } = scoreOf(probabilities, patients);
      return { name, label, auc, interval, calibration: calibrate(probabilities, patients.ill, bins) };
    }),
    differences: scored.slice(1).map(({ model: { name }, probabilities }) => ({
      name,
      ...deLongTest(scored[0]!.probabilities, probabilities, ill),
    })),
  };
}

const range = ([low, high]: readonly [number, number], digits = 3): string =>
  `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;

/** What was found, a line each. */
export function describeApplied({ ill, well, seen, models, differences }: Applied): string[] {
  const [final] = models;
  const { brier, ece, slope, intercept } = final!.calibration;
  return [
    `${ill + well} patients: ${ill} with a tumour, ${well} without`,
    ...(seen.length ? [`${seen.length} of them were trained on: what follows is no test of the models`] : []),
    ...models.map(({ label, auc, interval }) => `${label}: AUC ${auc.toFixed(3)} ${range(interval)} (DeLong, logit)`),
    ...differences.map(
      ({ name, difference, interval, p }) =>
        `${final!.name} minus ${name}: ${difference.toFixed(3)} ${range(interval)}, p ${p.toPrecision(2)}`,
    ),
    `${final!.label}: Brier ${brier.toFixed(3)}, ECE ${ece.toFixed(3)}, calibration slope ${slope.toFixed(2)}, ` +
      `intercept ${intercept.toFixed(2)}`,
  ];
}
