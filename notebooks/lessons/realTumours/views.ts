/** What the notebook shows of the record of real tumours: rows of figures and tables. */
import { type Table, toTable } from 'axunet/figures/table';
import { formatP } from 'axunet/statistics/formatP';
import type { ForestRow } from '../figures/forestPlot.ts';
import type { FoundRow } from '../figures/foundShares.ts';
import { shortName } from '../radiomics/cohorts.ts';
import {
  type FoundIn,
  type RealTumoursRecord,
  type RecordedFeature,
  readRealTumours,
  realTumoursName,
} from './record.ts';
import { describePeople } from './sentences.ts';

/** The record, and what it was made of or how to make it, printed. */
export async function loadRealTumours(): Promise<RealTumoursRecord | undefined> {
  const record = await readRealTumours();
  console.log(
    record
      ? `${record.source}\n${describePeople(record)}\nmade by \`${record.command}\``
      : `not recorded; \`npm run study -- ${realTumoursName}\` makes it`,
  );
  return record;
}

const parts: Readonly<Record<FoundIn['part'], string>> = { box: 'whole box', mask: "expert's mask" };

function headingOf({ kind, part }: FoundIn): string {
  return kind === 'tumour' ? `Tumour (MSD) against none (NIH): ${parts[part]}` : `One hospital alone: ${parts[part]}`;
}

/** Every comparison as a row; those of one heading stand together. */
export function foundRows(record: RealTumoursRecord | undefined): FoundRow[] {
  const rows = (record?.comparisons ?? []).map((one): FoundRow => {
    const { compared, welch, bh, holm } = one.found;
    return {
      name: `${one.name} (${one.n.join(', ')})`,
      heading: headingOf(one),
      compared,
      found: { uncorrected: welch, bh, holm },
      ...(one.chance && { byChance: one.chance.p95 }),
    };
  });
  const headings = [...new Set(rows.map(({ heading }) => heading))];
  return headings.flatMap((heading) => rows.filter((row) => row.heading === heading));
}

/** Names of what is known of scan and crop, for readers. */
const acquisitionNames: Readonly<Record<string, string>> = {
  boxWidthPx: 'box width, pixels',
  boxHeightPx: 'box height, pixels',
  boxAreaPx: 'box area, pixels',
  boxWidthMm: 'box width, mm',
  boxHeightMm: 'box height, mm',
  boxAreaMm2: 'box area, mm²',
  pixelSpacingMm: 'pixel, mm',
  sliceSpacingMm: 'slice to slice, mm',
  fatNoiseHu: 'noise in fat, HU',
  sliceNumber: 'number of the slice',
};

/** The features whose groups lie furthest apart. */
const strongest = (features: readonly RecordedFeature[], count: number): RecordedFeature[] =>
  [...features].sort((a, b) => Math.abs(b.g) - Math.abs(a.g)).slice(0, count);

/** What is known of scan and crop, and below it the box features with the largest differences. */
export function differenceRows(record: RealTumoursRecord | undefined, count = 6): ForestRow[] {
  if (!record) return [];
  const scans = record.acquisition.map(
    ({ feature, n, g, gInterval }): ForestRow => ({
      name: `${acquisitionNames[feature] ?? feature} (${n.join(', ')})`,
      estimate: g,
      interval: gInterval,
      kind: 'scan and crop',
    }),
  );
  const features = strongest(record.features.box, count).map(
    ({ feature, g, gInterval }): ForestRow => ({
      name: shortName(feature),
      estimate: g,
      interval: gInterval,
      kind: 'features of the box, the largest differences',
    }),
  );
  return [...scans, ...features];
}

const shown = (value: number): string => Number(value.toPrecision(3)).toString();

/** The named features (those with the largest differences by default) with both groups beside each other. */
export const realFeatureTable = (features: readonly RecordedFeature[], count = 8): Table =>
  toTable(
    strongest(features, count).map(({ feature, means, sds, g, welchP, mannWhitneyP, bhP, mixedP }) => ({
      feature: shortName(feature),
      'MSD, tumour': `${shown(means[0])} ± ${shown(sds[0])}`,
      'NIH, none': `${shown(means[1])} ± ${shown(sds[1])}`,
      "Hedges' g": g.toFixed(2),
      'p Welch': formatP(welchP),
      'p Mann-Whitney': formatP(mannWhitneyP),
      'p BH': formatP(bhP),
      'p mixed': mixedP === undefined ? '–' : formatP(mixedP),
    })),
  );
