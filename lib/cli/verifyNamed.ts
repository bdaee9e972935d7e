/** What `axunet verify` and `axunet data --verify` share. */
import { type OpenOptions } from '../dataset/caseList.ts';
import { openDataset, openPair } from '../dataset/cases.ts';
import { readFolds } from '../dataset/folds.ts';
import { openMasks } from '../dataset/masks.ts';
import { findDataset } from '../dataset/registry.ts';
import { type VerifyReport, verifyDataset, verifyMasks } from '../dataset/verify.ts';
import { openOptionsOf } from './options/labelMap.ts';
import { seriesOf } from './options/series.ts';
import { progressOnDemand } from './progressOnDemand.ts';

interface VerifyOptions {
  readonly data?: string;
  readonly labelMap?: OpenOptions;
  readonly labels?: OpenOptions;
  readonly series?: string;
  /** A file of folds. */
  readonly folds?: string;
}

/** Verifies a set by name or folder, or (with `partner`, the labels) a pair, with a progress line on stderr. */
export async function verifyNamed(
  target: string,
  partner: string | undefined,
  { data, series, folds: foldsFile, ...labels }: VerifyOptions,
): Promise<VerifyReport> {
  const onProgress = progressOnDemand('verify');
  if (findDataset(target)?.kind === 'masks') return verifyMasks(openMasks(target, data), { onProgress });
  const options = { ...openOptionsOf(labels), ...seriesOf({ series }) };
  const list =
    partner === undefined ? await openDataset(target, data, options) : await openPair(target, partner, options);
  const folds = foldsFile ? await readFolds(foldsFile) : undefined;
  return verifyDataset(list, { onProgress, ...(folds && { folds }) });
}
