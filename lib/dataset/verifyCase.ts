/** The checks of one case of volumes or of one mask; every finding says what was expected and what was found. */
import { messageOf } from '../errors.ts';
import { type Opened, openImage, openMask } from '../scan/openVolume.ts';
import { hounsfieldDoubts } from '../volume/hounsfield.ts';
import { geometryDifference, orientationCodes, toCanonical } from '../volume/orientation.ts';
import { countValues } from '../volume/values.ts';
import { voxelVolumeMl } from '../volume/volume.ts';
import { CaseChecks, type CaseReport, contentHash, finiteRange } from './caseChecks.ts';
import type { Case, CaseList, LabelMap, LabelRules } from './caseList.ts';
import { shortPath } from './cases.ts';
import { checkPicture } from './checkPicture.ts';
import { alignLabel, describeFlip, describeGeometry, judgeLabelFlip } from './labelFlip.ts';
import { nothingBut } from './pairing.ts';
import { segmentDoubts } from './segmentDoubts.ts';

function checkImage(checks: CaseChecks, image: Opened): void {
  const range = finiteRange(image.data);
  Object.assign(checks.facts, {
    shape: image.shape,
    spacingMm: image.spacingMm,
    orientation: orientationCodes(image.affine),
    range,
    imageSha256: contentHash(image.shape, image.data),
  });
  const { nonFinite } = image.header;
  for (const warning of image.warnings) checks.warn('geometry', `image: ${warning}`);
  if (nonFinite) checks.error('not-finite', `image: ${nonFinite} voxels are NaN or infinite`);
  const isConstant = range && range[0] === range[1];
  for (const doubt of hounsfieldDoubts(image.data))
    checks[isConstant ? 'error' : 'warn']('hounsfield', `image: ${doubt}`);
}

function listValues(values: number[]): string {
  return values.slice(0, 8).join(', ') + (values.length > 8 ? ` and ${values.length - 8} more` : '');
}

/**
 * Labels that the map does not know. Without a map they may be other organs, but not instead of every known label, nor
 * below 0.
 */
function checkUnlisted(
  checks: CaseChecks,
  unlisted: number[],
  foregroundVoxels: number,
  { labelMap, otherLabels }: LabelRules,
): void {
  if (!unlisted.length || otherLabels === 'background') return;
  const found = `found ${listValues(unlisted)}`;
  const listed = `label: expected 0, ${listValues(Object.keys(labelMap).map(Number))}`;
  const hint = '--label-map 7:1,*:0 would say that 7 is the pancreas and all else background';
  if (otherLabels === 'assumed' && (!foregroundVoxels || unlisted[0]! < 0))
    checks.error('label-values', `${listed} as no label map is given, ${found}; ${hint}`);
  else if (otherLabels === 'assumed')
    checks.warn('label-values', `${listed} as no label map is given, ${found}, taken for background here; ${hint}`);
  else
    checks.error('label-values', `${listed} (the label map), ${found}; *:0 in the map takes the others for background`);
}

function checkLabelValues(checks: CaseChecks, label: Opened, rules: LabelRules): void {
  const { labelMap } = rules;
  const counts = countValues(label.data);
  const { nonFinite } = label.header;
  const before = checks.findings.length;
  if (nonFinite) checks.error('not-finite', `label: ${nonFinite} voxels are NaN or infinite`);
  const values = [...counts.keys()].filter(Number.isFinite);
  const fractions = values.filter((v) => !Number.isInteger(v));
  if (fractions.length) checks.error('label-values', `label: expected whole numbers, found ${listValues(fractions)}`);
  const foregroundVoxels = values.reduce((sum, v) => sum + (v !== 0 && labelMap[v] ? counts.get(v)! : 0), 0);
  const unlisted = values.filter((v) => v !== 0 && Number.isInteger(v) && !(v in labelMap));
  checkUnlisted(checks, unlisted, foregroundVoxels, rules);
  const isRefused = checks.findings.slice(before).some(({ severity }) => severity === 'error');
  if (!foregroundVoxels && !isRefused) checks.warn('empty-label', 'label: no foreground voxel');
  Object.assign(checks.facts, {
    // A probability map has as many values as voxels; the report keeps the first hundred.
    labelValues: Object.fromEntries([...counts].slice(0, 100)),
    foregroundVoxels,
    foregroundMl: foregroundVoxels * voxelVolumeMl(label),
    labelSha256: contentHash(label.shape, label.data),
  });
}

function tellMask(checks: CaseChecks, what: string, { warnings }: Opened): void {
  for (const warning of warnings)
    checks.warn(warning.startsWith('label values') ? 'label-values' : 'geometry', `${what}: ${warning}`);
}

function tellSegments(checks: CaseChecks, what: string, mask: Opened, rules: LabelRules): void {
  for (const doubt of segmentDoubts(mask, rules)) checks.warn('label-values', `${what}: ${doubt}`);
}

/** An image that is its own label, as when one file is named twice. */
function checkDifferent(checks: CaseChecks): void {
  const { imageSha256, labelSha256 } = checks.facts;
  if (imageSha256 !== undefined && imageSha256 === labelSha256)
    checks.error('duplicate', 'expected an image and its label, found the same voxels in both');
}

function checkGeometry(checks: CaseChecks, list: CaseList, image: Opened, label: Opened): void {
  const [imageAxes, labelAxes] = [orientationCodes(image.affine), orientationCodes(label.affine)];
  const both = `image ${describeGeometry(image)}; label ${describeGeometry(label)}`;
  if (`${imageAxes}${labelAxes}`.includes('?'))
    return checks.error('geometry', `expected affines that place all three axes, found ${both}`);
  const difference = geometryDifference(toCanonical(image), toCanonical(label));
  if (difference && list.detectLabelFlip) return checkAlignment(checks, list, image, label);
  if (difference) {
    const check = /shape/.test(difference) ? 'shape' : 'geometry';
    return checks.error(check, `image and label differ in ${difference}: ${both}`);
  }
  if (geometryDifference(image, label)) {
    checks.warn(
      'geometry',
      `the label is stored in another axis order (${labelAxes}, image ${imageAxes}); ` +
        'it lies on the same grid and is reoriented',
    );
  }
  // Where nobody says which value is the pancreas, its place in the body proves nothing.
  if (checks.findings.some((f) => f.check === 'label-values' && !f.message.includes('are rounded'))) return;
  const decision = judgeLabelFlip(image, label, list.labelMap);
  if (decision.verdict === 'mirrored-y') {
    const advice = list.detectLabelFlip ? 'it is turned when read' : 'look at an overlay before you trust it';
    checks.warn('orientation', `${describeFlip(decision)}; ${advice}`);
  }
  if (decision.imageUpsideDown && decision.foregroundVoxels)
    checks.warn(
      'orientation',
      'the spine lies in front of the middle of the body: ' +
        'the affine of the image may have its y axis the wrong way round',
    );
}

/** Sets whose labels are known to be mirrored now and then: the anatomy may place what the affines do not. */
function checkAlignment(checks: CaseChecks, list: CaseList, image: Opened, label: Opened): void {
  try {
    const { decision } = alignLabel(image, label, list.labelMap);
    checks.warn('orientation', `the affines differ and the anatomy decides: ${describeFlip(decision)}`);
  } catch (error) {
    checks.error('geometry', messageOf(error));
  }
}

async function checkVolume(checks: CaseChecks, list: CaseList, item: Case): Promise<void> {
  const { series, label: beside } = item;
  const image = await checks.read('image', item.image, (file) =>
    openImage(file, { isCt: false, series, label: beside }),
  );
  if (image) checkImage(checks, image);
  if (!item.label) return;
  const label = await checks.read('label', item.label, (file) => openMask(file, { on: image }));
  if (!label) return;
  tellMask(checks, 'label', label);
  tellSegments(checks, 'label', label, list);
  checkLabelValues(checks, label, list);
  checkDifferent(checks);
  if (image) checkGeometry(checks, list, image, label);
}

/** Checks one case of a list; whatever goes wrong becomes a finding. */
export async function verifyCase(list: CaseList, item: Case): Promise<CaseReport> {
  const checks = new CaseChecks(item.id);
  if (!item.label) {
    const found = item.almostLabel === undefined ? '' : `, found ${nothingBut(item.almostLabel).replace(/,$/, '')}`;
    checks.error('pairing', `no label for ${shortPath(item.image)}${found}`);
  }
  if (list.kind === '3d') await checkVolume(checks, list, item);
  else await checkPicture(checks, item);
  return checks.finish(item);
}

/** Checks a mask that has no CT: readable, values of the map, not empty. */
export async function verifyMask(
  item: { id: string; patient: string; file: string },
  labelMap: LabelMap,
): Promise<CaseReport> {
  const checks = new CaseChecks(item.id);
  const mask = await checks.read('mask', item.file, (file) => openMask(file));
  if (mask) {
    tellMask(checks, 'mask', mask);
    tellSegments(checks, 'mask', mask, { labelMap });
    checkLabelValues(checks, mask, { labelMap });
    if (orientationCodes(mask.affine).includes('?'))
      checks.error('geometry', `expected an affine that places all three axes, found ${describeGeometry(mask)}`);
    Object.assign(checks.facts, {
      shape: mask.shape,
      spacingMm: mask.spacingMm,
      orientation: orientationCodes(mask.affine),
    });
  }
  return checks.finish({ id: item.id, patient: item.patient, image: item.file });
}
