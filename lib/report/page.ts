/** A report as a page to read: headings, tables, sentences and a picture, the same for HTML and PNG. */
import { besideRows, besideText } from './beside.ts';
import type { Certainty, MembersAgreement } from './certainty.ts';
import type { Measures } from './measure.ts';
import type { ScanReport } from './report.ts';
import type { NetworkFacts } from './training.ts';

/** One part of a page. The first row of a table is its heading, the first cell of a row says what the row is. */
export type Block =
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'sentences' | 'warnings'; readonly sentences: readonly string[] }
  | { readonly kind: 'picture'; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Page {
  readonly title: string;
  readonly notice: string;
  readonly sections: readonly Section[];
  readonly foot: string;
}

const none = '–';
const fixed = (value: number | null, digits: number): string => (value === null ? none : value.toFixed(digits));
/** Millilitres with three digits or so. */
const ml = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const percent = (share: number | null): string => (share === null ? none : `${(100 * share).toFixed(1)} %`);

/** The rows of the table of measures: what, its unit, and how it is read from a region. */
export const measureRows: readonly (readonly [string, (region: Measures) => string])[] = [
  ['volume (ml)', ({ volumeMl }) => ml(volumeMl)],
  ['HU, mean ± SD', (region) => (region.huMean === null ? none : huText(region.huMean, region.huSd!))],
  ['longest diameter in a slice (mm)', ({ longestInSliceMm }) => fixed(longestInSliceMm, 1)],
  ['… in slice', ({ longestSlice }) => (longestSlice === null ? none : `${longestSlice}`)],
  ['largest diameter in space (mm)', ({ largest3dMm }) => fixed(largest3dMm, 1)],
  ['connected parts', ({ parts }) => `${parts}`],
  ['voxels', ({ voxels }) => `${voxels}`],
];
const huText = (mean: number, sd: number): string => `${mean.toFixed(1)} ± ${sd.toFixed(1)}`;

const definitions = [
  'Longest diameter in a slice: between the two farthest points of the outline of one connected part in one axial ' +
    'slice, as RECIST 1.1 measures lesions in the plane of the images. Largest diameter in space: between the two ' +
    'farthest points of the whole surface (Maximum3DDiameter of PyRadiomics). No line need stay inside. SD is that ' +
    'of the voxels, divided by their number. Slices count from 0 at the feet.',
];

function measuresSection({ measures: { whole, classes = {} } }: ScanReport): Section {
  const columns: (readonly [string, Measures])[] = [['mask', whole], ...Object.entries(classes)];
  const rows = [
    ['', ...columns.map(([name]) => (name === 'mask' && columns.length > 1 ? 'all together' : name))],
    ...measureRows.map(([what, read]) => [what, ...columns.map(([, region]) => read(region))]),
  ];
  const blocks: Block[] = [
    { kind: 'table', rows },
    { kind: 'sentences', sentences: definitions },
  ];
  return { title: 'Measures', blocks };
}

function memberRows({ networks, volumesMl, foreground, classes = {} }: MembersAgreement): string[][] {
  const shown = ({ meanDice, lowestDice }: MembersAgreement['foreground']): string =>
    `${meanDice.toFixed(3)} (lowest ${lowestDice.toFixed(3)})`;
  return [
    [`agreement of ${networks} networks (mean DSC of pairs)`, shown(foreground)],
    ...Object.entries(classes).map(([name, one]) => [`… ${name}`, shown(one)]),
    ['volumes by the single networks (ml)', volumesMl.map(ml).join(', ')],
    ['… from the least to the most (ml)', `${ml(Math.min(...volumesMl))} to ${ml(Math.max(...volumesMl))}`],
  ];
}

function certaintySection(certainty: Certainty): Section {
  const { meanEntropyBits, mostEntropyBits, meanProbability, unsureShare, volumeMlFrom, members } = certainty;
  const levels = Object.entries(volumeMlFrom);
  const rows = [
    ['', 'of the mask'],
    ['mean entropy (bit; 0 is certain)', `${fixed(meanEntropyBits, 3)} of at most ${mostEntropyBits.toFixed(2)}`],
    ['mean probability', fixed(meanProbability, 3)],
    ['voxels with a probability below 0.75', percent(unsureShare)],
    [`volume from probability ${levels.map(([p]) => p).join(' / ')} on (ml)`, levels.map(([, v]) => ml(v)).join(' / ')],
    ...(members ? memberRows(members) : []),
  ];
  const sentence =
    "These are the network's own probabilities, before any post-processing: it may be sure and wrong, above all on " +
    'scans unlike those that it was trained on.';
  const blocks: Block[] = [
    { kind: 'table', rows },
    { kind: 'sentences', sentences: [sentence] },
  ];
  return { title: 'How sure the network is', blocks };
}

function besideSection(beside: NonNullable<ScanReport['beside']>): Section {
  const blocks: Block[] = [
    { kind: 'table', rows: besideRows(beside) },
    { kind: 'sentences', sentences: [besideText(beside.seen)] },
  ];
  return { title: 'Beside the training data', blocks };
}

const networkRows: readonly (readonly [string, (network: NetworkFacts) => string])[] = [
  ['data set', ({ dataset }) => dataset],
  ['kind of data', ({ kind, isSynthetic }) => (isSynthetic ? `${kind} of synthetic patients` : kind)],
  ['sees', ({ kind }) => (kind === 'pictures' ? 'one slice, three times' : 'a slice and its two neighbours')],
  ['patients: trained on / validated on', (n) => `${n.trainingPatients} / ${n.validationPatients}`],
  ['slices', ({ slices }) => `${slices}`],
  ['window (HU)', ({ windowHu }) => (windowHu ? windowHu.join(' to ') : none)],
  ['image (pixels)', ({ pixels }) => pixels.join(' × ')],
  ['image (mm)', ({ extentMm }) => (extentMm ? extentMm.map((mm) => mm.toFixed(0)).join(' × ') : none)],
  ['classes', ({ classes }) => (classes ? classes.replaceAll(',', ', ') : 'one foreground')],
  ['network', ({ variant, width }) => `${variant}, width ${width}`],
  ['loss', ({ loss }) => loss],
  ['steps', ({ step }) => `${step}`],
  ['best mean DSC in validation', ({ bestValidationDice }) => fixed(bestValidationDice, 3)],
  ['weights', ({ weights }) => weights.slice(0, 12)],
];

/** So many networks have a column each. */
const mostColumns = 3;

/** What the networks have in common once, and what differs by network. */
function rowOf(networks: readonly NetworkFacts[], [what, read]: (typeof networkRows)[number]): string[] {
  const values = networks.map(read);
  if (networks.length <= mostColumns) return [what, ...values];
  return [what, [...new Set(values)].join(', ')];
}

function trainingSection(networks: readonly NetworkFacts[]): Section {
  const heads = networks.length <= mostColumns ? networks.map(({ run }) => run) : [`${networks.length} networks`];
  const rows = [['', ...heads], ...networkRows.map((row) => rowOf(networks, row))];
  return { title: 'What it was trained on', blocks: [{ kind: 'table', rows }] };
}

/** What of a mask file was measured. */
function countedOf({ value, classes }: ScanReport['mask']): string {
  if (classes !== undefined) return `its labels ${classes.replaceAll(',', ', ')} count`;
  return value === undefined ? 'all but 0 counts' : `only its label ${value} counts`;
}

function madeBy({ mask, networks }: ScanReport): string {
  if (mask.from === 'file') return `The mask was given as a file, of which ${countedOf(mask)}.`;
  const mirror = mask.mirror?.length ? `, mirrored along ${mask.mirror.join(', ')}` : '';
  const threshold = mask.threshold === undefined ? 'the likeliest class' : `probability ${mask.threshold} and above`;
  const many = networks.length > 1 ? `the mean of ${networks.length} networks` : 'one network';
  return `The mask was made by ${many}${mirror} (${threshold}; post-processing: ${mask.postprocessing}).`;
}

function scanSection({ scan, ...report }: ScanReport): Section {
  const spacing = scan.spacingMm.map((mm) => Number(mm.toPrecision(4))).join(' × ');
  const size = `${scan.shape.join(' × ')} voxels of ${spacing}`;
  const sentences = [`${scan.format}, ${size} mm, orientation ${scan.orientation}. ${madeBy({ scan, ...report })}`];
  const { warnings } = report;
  const told = (warning: string): string => `${warning[0]!.toUpperCase()}${warning.slice(1)}.`;
  const blocks: Block[] = [
    { kind: 'sentences', sentences },
    ...(warnings.length > 0 ? [{ kind: 'warnings', sentences: warnings.map(told) } as const] : []),
  ];
  return { title: 'Scan', blocks };
}

/** The page of a report. */
export function pageOf(report: ScanReport): Page {
  const { slices, certainty, networks, beside, scan } = report;
  const picture = `Slices ${slices.join(', ')} with the outline${certainty ? ', below them where it is unsure' : ''}`;
  const sections = [
    scanSection(report),
    measuresSection(report),
    { title: 'Slices', blocks: [{ kind: 'picture', text: picture } as const] },
    ...(certainty ? [certaintySection(certainty)] : []),
    ...(beside ? [besideSection(beside)] : []),
    ...(networks.length > 0 ? [trainingSection(networks)] : []),
  ];
  return { title: `Report: ${scan.name}`, notice: report.notice, sections, foot: `axunet ${report.axunet}` };
}
