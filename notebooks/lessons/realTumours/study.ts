/** `npm run study -- real-tumours`: measures the crops once, compares all groups, and records what differs. */
import path from 'node:path';
import { expected } from 'axunet/errors';
import { codeVersion } from 'axunet/figures/saveFigure';
import { breathe } from 'axunet/progress';
import { featureVersion } from 'axunet/radiomics/record';
import {
  type Comparison,
  type Control,
  compareKnown,
  control,
  hasTumour,
  leftByControls,
  type MixedFeature,
  mixedComparison,
  type Shuffles,
  tumourComparison,
} from './compare.ts';
import { cropsFolder, type Source } from './crops.ts';
import { type Part, patientUnits } from './patients.ts';
import {
  type FoundIn,
  type RealTumoursRecord,
  type RecordedFeature,
  realTumoursName,
  realTumoursSource,
  realTumoursTitle,
  writeRealTumours,
} from './record.ts';
import { openRealTumours, type RealTumourRow, tableVersion } from './table.ts';

/** How often labels are shuffled to see what chance finds. */
const usualShuffles: Shuffles = { shuffles: 200, seed: 1 };

/** By what patients of one source are split at the median, and how that is called. */
const splits: readonly (readonly [by: string, words: string])[] = [
  ['fatNoiseHu', 'more against less noise'],
  ['boxAreaPx', 'larger against smaller boxes'],
  ['sliceSpacingMm', 'thicker against thinner slices'],
  ['pixelSpacingMm', 'larger against smaller pixels'],
];
/** Fewer in a group say nothing: NIH has 7 patients whose spacing is known. */
const leastInGroup = 8;

type Rows = readonly RealTumourRow[];
type MeasuredPart = FoundIn['part'];

/** Patients and slices of a source, with masks and in all. */
function peopleOf(rows: Rows, source: Source): RealTumoursRecord['people'][number] {
  const own = rows.filter((row) => row.source === source);
  const masked = own.filter(({ mask }) => mask !== undefined);
  const patients = (some: Rows): number => new Set(some.map(({ patient }) => patient)).size;
  return {
    source,
    patients: patients(own),
    slices: own.length,
    patientsWithMask: patients(masked),
    masks: masked.length,
  };
}

const entry = (name: string, part: MeasuredPart, kind: FoundIn['kind'], { n, found, chance }: Comparison): FoundIn => ({
  name,
  part,
  kind,
  n,
  found,
  ...(chance && { chance }),
});

/** The paper's comparison, by box and by mask, with the right unit, with the wrong one, and by the mixed model. */
function tumourEntries(
  rows: Rows,
  mixed: Record<MeasuredPart, ReturnType<typeof mixedComparison>>,
  shuffles: Shuffles,
): FoundIn[] {
  const masked = rows.filter(({ mask }) => mask !== undefined);
  const of = (part: MeasuredPart): FoundIn[] => {
    const patients = tumourComparison(rows, part, 'median', shuffles);
    return [
      entry('patients (median of slices)', part, 'tumour', patients),
      entry('patients (mean of slices)', part, 'tumour', tumourComparison(rows, part, 'mean', shuffles)),
      { name: 'mixed model, patients random', part, kind: 'tumour', n: patients.n, found: mixed[part].found },
      entry('slices taken for patients', part, 'tumour', tumourComparison(rows, part, 'slice')),
    ];
  };
  return [
    ...of('box'),
    entry('patients, slices with a mask', 'box', 'tumour', tumourComparison(masked, 'box', 'median', shuffles)),
    ...of('mask'),
  ];
}

/** All controls that have enough patients. */
function controlsOf(
  rows: Rows,
  part: MeasuredPart,
  shuffles: Shuffles,
): { readonly name: string; readonly made: Control }[] {
  return (['NIH', 'MSD'] as const).flatMap((source) =>
    splits.flatMap(([by, words]) => {
      const made = control(rows, { source, by, part }, shuffles);
      const isEnough = made !== undefined && Math.min(...made.comparison.n) >= leastInGroup;
      return isEnough ? [{ name: `${source}: ${words}`, made }] : [];
    }),
  );
}

/** Features of the paper's comparison with what the mixed model says of each. */
function featuresOf(rows: Rows, part: Part, mixed: readonly MixedFeature[]): RecordedFeature[] {
  const byName = new Map(mixed.map((one) => [one.feature, one]));
  return tumourComparison(rows, part).features.map((one) => {
    const { p, icc } = byName.get(one.feature) ?? {};
    return { ...one, ...(p !== undefined && { mixedP: p }), ...(icc !== undefined && { icc }) };
  });
}

/** All that is recorded of the rows. */
async function describeRealTumours(rows: Rows, shuffles = usualShuffles): Promise<RealTumoursRecord> {
  const mixed = { box: mixedComparison(rows, 'box'), mask: mixedComparison(rows, 'mask') };
  await breathe();
  const controls = { box: controlsOf(rows, 'box', shuffles), mask: controlsOf(rows, 'mask', shuffles) };
  await breathe();
  return {
    study: realTumoursName,
    title: realTumoursTitle,
    command: `npm run study -- ${realTumoursName}`,
    source: realTumoursSource,
    node: process.versions.node,
    version: codeVersion(),
    made: { features: featureVersion, table: tableVersion },
    seed: shuffles.seed,
    people: (['MSD', 'NIH'] as const).map((source) => peopleOf(rows, source)),
    acquisition: compareKnown(patientUnits(rows, 'acquisition'), hasTumour),
    comparisons: [
      ...tumourEntries(rows, mixed, shuffles),
      ...(['box', 'mask'] as const).flatMap((part) =>
        controls[part].map(({ name, made }) => entry(name, part, 'control', made.comparison)),
      ),
    ],
    features: {
      box: featuresOf(rows, 'box', mixed.box.features),
      mask: featuresOf(rows, 'mask', mixed.mask.features),
    },
    left: leftByControls(
      tumourComparison(rows, 'box'),
      controls.box.map(({ made }) => made),
    ),
  };
}

/**
 * Measures the crops of a folder (`data/pancreas-crops` by default), or reads the table that an earlier run kept, and
 * writes the record. Throws a UserError where there are none.
 */
export async function runRealTumours(
  folder = cropsFolder(),
  { records, shuffles }: { readonly records?: string; readonly shuffles?: Shuffles } = {},
): Promise<RealTumoursRecord> {
  if (folder === undefined)
    throw expected('slices.json, images and masks in data/pancreas-crops or in --data DIR', 'none');
  const { rows } = await openRealTumours(path.resolve(folder));
  const record = await describeRealTumours(rows, shuffles);
  await writeRealTumours(record, records);
  return record;
}
