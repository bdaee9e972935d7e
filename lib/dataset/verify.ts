/** Is a data set fit for training? Every case is checked; errors forbid training, warnings want a look. */
import { cleanText } from '../errors.ts';
import type { CaseReport, Finding } from './caseChecks.ts';
import type { CaseList, LabelMap, LabelRules } from './caseList.ts';
import { shortPath } from './cases.ts';
import { type Folds, foldProblems } from './folds.ts';
import { describeLabels } from './labelNames.ts';
import type { MaskList } from './masks.ts';
import { verifyCase, verifyMask } from './verifyCase.ts';

/** What `axunet verify` found, in numbers and case by case; it is also what `--json` prints. */
export interface VerifyReport {
  readonly version: 1;
  readonly dataset: string;
  readonly folder: string;
  readonly kind: '3d' | '2d' | 'masks';
  /** Stored label value → class, as the masks were read. */
  readonly labelMap: LabelMap;
  /** The same in one line, with the names that the set gives the values. */
  readonly labels: string;
  readonly totals: {
    readonly cases: number;
    readonly patients: number;
    readonly ok: number;
    readonly withWarnings: number;
    readonly withErrors: number;
    readonly errors: number;
    readonly warnings: number;
  };
  /** About the set as a whole: missing partners, duplicates, folds. */
  readonly findings: readonly Finding[];
  /** One for every case of the list, in its order. */
  readonly cases: readonly CaseReport[];
}

/** Folds to be checked against the patients, and whom to tell of the progress. */
export interface VerifyOptions {
  /** Folds to be checked against the set's patients. */
  folds?: Folds;
  onProgress?: (done: number, total: number, note: string) => void;
}

function pairingFindings(list: CaseList): Finding[] {
  const error = (message: string): Finding => ({ severity: 'error', check: 'pairing', message });
  return [
    ...(list.unmatchedLabels ?? []).map((file) => error(`no image for the label ${shortPath(file)}`)),
    ...(list.missingCases ?? []).map((id) => error(`dataset.json lists ${id}, which is not on disk`)),
    ...(list.cases.length ? [] : [error('the set has no case')]),
  ];
}

function groupBy(cases: readonly CaseReport[], key: (c: CaseReport) => string | undefined): CaseReport[][] {
  const groups = new Map<string, CaseReport[]>();
  for (const c of cases) {
    const k = key(c);
    if (k !== undefined) groups.set(k, [...(groups.get(k) ?? []), c]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/**
 * The same voxels twice: under two patients' names they would be on both sides of a split (error), within one
 * patient they only count double (warning). Equal labels of different images were probably copied by mistake (warning).
 */
function duplicateFindings(cases: readonly CaseReport[]): Finding[] {
  const ids = (group: CaseReport[]): string => group.map((c) => c.id).join(', ');
  const images = groupBy(cases, (c) => c.imageSha256).map((group): Finding => {
    const patients = new Set(group.map((c) => c.patient)).size;
    return patients > 1
      ? { severity: 'error', check: 'duplicate', message: `one image under ${patients} patients' names: ${ids(group)}` }
      : { severity: 'warning', check: 'duplicate', message: `the same image ${group.length} times: ${ids(group)}` };
  });
  const labels = groupBy(cases, (c) => (c.foregroundVoxels ? c.labelSha256 : undefined))
    .filter((group) => new Set(group.map((c) => c.imageSha256 ?? c.id)).size > 1)
    .map(
      (group): Finding => ({
        severity: 'warning',
        check: 'duplicate',
        message: `the same label for different images: ${ids(group)}`,
      }),
    );
  return [...images, ...labels];
}

/**
 * Masks none of which has a voxel of the pancreas, or of one class: nothing can be learned from them, and all are
 * probably misread.
 */
function emptySetFindings(cases: readonly CaseReport[], { classes = [] }: Pick<LabelRules, 'classes'> = {}): Finding[] {
  const error = (message: string): Finding => ({ severity: 'error', check: 'empty-label', message });
  const isRefused = ({ findings, foregroundVoxels }: CaseReport): boolean =>
    !foregroundVoxels && findings.some(({ severity, check }) => severity === 'error' && check === 'label-values');
  const sizes = cases.flatMap((one) => (isRefused(one) ? [] : (one.foregroundVoxels ?? [])));
  if (sizes.length === 0) return [];
  if (!sizes.some((voxels) => voxels > 0))
    return [error(`no mask of the set has any foreground (${sizes.length} empty)`)];
  return classes
    .filter(({ values }) => !cases.some(({ labelValues = {} }) => values.some((value) => labelValues[value])))
    .map(({ name, values }) => error(`no mask of the set has any ${name} (label value ${values.join(' or ')})`));
}

function report(
  base: Pick<VerifyReport, 'dataset' | 'folder' | 'kind' | 'labelMap' | 'labels'>,
  cases: CaseReport[],
  findings: Finding[],
): VerifyReport {
  const all = [...findings, ...cases.flatMap((c) => c.findings)];
  const count = (status: CaseReport['status']): number => cases.filter((c) => c.status === status).length;
  const errors = all.filter((f) => f.severity === 'error').length;
  return {
    version: 1,
    ...base,
    totals: {
      cases: cases.length,
      patients: new Set(cases.map((c) => c.patient)).size,
      ok: count('ok'),
      withWarnings: count('warning'),
      withErrors: count('error'),
      errors,
      warnings: all.length - errors,
    },
    findings,
    cases,
  };
}

/** Checks every case of a list and the list as a whole: as many case reports as cases, in the same order. */
export async function verifyDataset(list: CaseList, options: VerifyOptions = {}): Promise<VerifyReport> {
  const cases: CaseReport[] = [];
  for (const item of list.cases) {
    cases.push(await verifyCase(list, item));
    options.onProgress?.(cases.length, list.cases.length, item.id);
  }
  const patients = list.cases.map((c) => c.patient);
  const folds = (options.folds ? foldProblems(options.folds, patients) : []).map(
    (message): Finding => ({ severity: 'error', check: 'patients', message: `folds: ${message}` }),
  );
  const findings = [...pairingFindings(list), ...duplicateFindings(cases), ...emptySetFindings(cases, list), ...folds];
  const { dataset, kind, labelMap } = list;
  const base = { dataset, folder: shortPath(list.folder), kind, labelMap, labels: describeLabels(list) };
  return report(base, cases, findings);
}

/** Checks a set of masks that has no CT. */
export async function verifyMasks(list: MaskList, options: VerifyOptions = {}): Promise<VerifyReport> {
  const cases: CaseReport[] = [];
  for (const item of list.masks) {
    cases.push(await verifyMask(item, list.labelMap));
    options.onProgress?.(cases.length, list.masks.length, item.id);
  }
  const findings: Finding[] = list.masks.length
    ? emptySetFindings(cases)
    : [{ severity: 'error', check: 'pairing', message: 'the set has no mask' }];
  const { dataset, labelMap } = list;
  const base = {
    dataset,
    folder: shortPath(list.folder),
    kind: 'masks',
    labelMap,
    labels: describeLabels(list),
  } as const;
  return report(base, cases, findings);
}

const decimal = (value: number): string => String(Number(value.toFixed(value < 10 ? 2 : 1)));

function row(c: CaseReport): string[] {
  return [
    c.status,
    c.id,
    c.patient,
    c.shape?.join('×') ?? '',
    c.spacingMm?.map((mm) => Number(mm.toFixed(3))).join('×') ?? '',
    c.orientation ?? '',
    c.range ? `${decimal(c.range[0])}…${decimal(c.range[1])}` : '',
    sizeOf(c),
  ];
}

/** The foreground in ml, or in pixels where a picture has no ml. */
function sizeOf({ foregroundMl, foregroundVoxels }: CaseReport): string {
  if (foregroundMl !== undefined) return decimal(foregroundMl);
  return foregroundVoxels === undefined ? '' : `${foregroundVoxels} px`;
}

/** Columns as wide as their widest cell. */
export function textTable(texts: readonly (readonly string[])[]): string {
  const rows = texts.map((cells) => cells.map(cleanText));
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  const line = (r: readonly string[]): string => r.map((cell, i) => cell.padEnd(widths[i]!)).join('  ');
  return rows.map((r) => line(r).trimEnd()).join('\n');
}

/**
 * The report as text: errors, warnings, the table of cases, the verdict. Sets of more than `rows` cases list
 * only those with findings.
 */
export function formatReport(r: VerifyReport, rows = 40): string {
  const shown = r.cases.length <= rows ? r.cases : r.cases.filter((c) => c.status !== 'ok');
  const findings = [...r.findings, ...r.cases.flatMap((c) => c.findings)];
  const lines = (severity: Finding['severity']): string[] =>
    findings
      .filter((f) => f.severity === severity)
      .map((f) => `${severity.toUpperCase().padEnd(7)} ${f.case ? `${f.case}: ` : ''}${f.message}  [${f.check}]`)
      .map(cleanText);
  const { cases, patients, ok, withWarnings, withErrors, errors, warnings } = r.totals;
  const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const [noun, fit] = r.kind === 'masks' ? ['mask', 'fit for use'] : ['case', 'fit for training'];
  const titles = ['', 'case', 'patient', 'shape', 'spacing mm', 'axes', 'range', 'pancreas ml'];
  return [
    `${cleanText(r.dataset)} in ${r.folder}: ${plural(cases, noun)} of ${plural(patients, 'patient')}`,
    r.labels,
    ...(shown.length ? [textTable([titles, ...shown.map(row)])] : []),
    ...lines('error'),
    ...lines('warning'),
    `${ok} ok, ${withWarnings} with warnings only, ${withErrors} with errors: ` +
      `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
    errors ? 'NOT fit for use: mend the errors first' : fit,
  ].join('\n');
}
