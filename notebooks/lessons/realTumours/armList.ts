/** The arms of the classifiers' study: which table, which way of learning, and whether it claims something. */

import { Random } from 'axunet/random';
import { type Arms, halves, middleName, pairsOfEqualScan, thirdsOf, withBatches } from './arms.ts';
import type { ClassifierArm } from './classifierRecord.ts';
import { afterCombat, forestLearner, type Learner, logisticLearner } from './learners.ts';
import { columnOfPatients, type Patients, pickPatients } from './patientTable.ts';

export interface ArmPlan extends Pick<ClassifierArm, 'name' | 'label' | 'kind' | 'learner'> {
  readonly patients: Patients;
  readonly learn: Learner;
  /** Whether it is asked how often shuffled labels do as well. */
  readonly isClaim?: boolean;
}

type Plain = Omit<ArmPlan, 'learner' | 'learn'>;

const logistic = (arm: Plain): ArmPlan => ({ ...arm, learner: 'logistic', learn: logisticLearner });
const forest = (arm: Plain): ArmPlan => ({ ...arm, learner: 'forest', learn: forestLearner });
const harmonised = (arm: Plain): ArmPlan => ({ ...arm, learner: 'logistic', learn: afterCombat(logisticLearner) });

/** What tells the classes apart though it is no pixel of the pancreas. */
const scanArms = ({ slice, size, scan, maskScan }: Arms): ArmPlan[] => [
  logistic({ name: 'slice', label: 'number of the slice alone', kind: 'scan', patients: slice, isClaim: true }),
  logistic({ name: 'size', label: 'width and height of the box', kind: 'scan', patients: size, isClaim: true }),
  logistic({ name: 'scan', label: 'box size, slice, noise in fat', kind: 'scan', patients: scan, isClaim: true }),
  forest({ name: 'scan-forest', label: 'the same by random forest', kind: 'scan', patients: scan }),
  logistic({
    name: 'mask-scan',
    label: '44 with masks: mm of box, pixel, slice',
    kind: 'scan',
    patients: maskScan,
  }),
];

const featureArms = ({ box, boxFree, middle, mask, scanAndBox }: Arms): ArmPlan[] => [
  logistic({ name: 'box', label: 'features of the box', kind: 'features', patients: box, isClaim: true }),
  forest({ name: 'box-forest', label: 'the same, by random forest', kind: 'features', patients: box }),
  logistic({ name: 'box-free', label: 'those not bound to its size', kind: 'features', patients: boxFree }),
  logistic({
    name: 'middle',
    label: `features of the ${middleName}`,
    kind: 'features',
    patients: middle,
    isClaim: true,
  }),
  logistic({ name: 'mask', label: '44 with masks: features in them', kind: 'features', patients: mask, isClaim: true }),
  logistic({ name: 'scan-and-box', label: 'scan and features of the box', kind: 'both', patients: scanAndBox }),
];

/** Pairs of equal box area and noise; 0.2 SD is the usual caliper, the others show how much hangs on it. */
const matchedArms = ({ scan, size, box }: Arms): ArmPlan[] => {
  const at = (caliper: number, table: Patients): Patients => pickPatients(table, pairsOfEqualScan(scan, caliper));
  return [
    logistic({ name: 'matched-size', label: 'pairs: width and height', kind: 'matched', patients: at(0.2, size) }),
    logistic({
      name: 'matched-box',
      label: 'pairs: features of the box',
      kind: 'matched',
      patients: at(0.2, box),
      isClaim: true,
    }),
    logistic({ name: 'matched-box-3', label: 'pairs within 0.3 SD', kind: 'matched', patients: at(0.3, box) }),
    logistic({ name: 'matched-box-5', label: 'pairs within 0.5 SD', kind: 'matched', patients: at(0.5, box) }),
  ];
};

/** ComBat by what is known of the scan, and by the source, which is the class. */
function harmonisedArms({ box, scan, sources }: Arms, seed: number): ArmPlan[] {
  const [area, noise] = [columnOfPatients(scan, 'boxAreaPx'), columnOfPatients(scan, 'fatNoiseHu')];
  const own = sources.flatMap((source, i) => (source === 'MSD' ? [i] : []));
  const coin = Random.stream(seed, 'halves without meaning').shuffle(own.map((_, i) => i % 2 === 0));
  const meaningless = { ...pickPatients(box, own), ill: coin };
  const arm = (name: string, label: string, patients: Patients): ArmPlan =>
    harmonised({ name, label, kind: 'harmonised', patients });
  return [
    arm('combat-noise', 'ComBat by thirds of noise', withBatches(box, thirdsOf(noise))),
    arm('combat-area', 'ComBat by thirds of box area', withBatches(box, thirdsOf(area))),
    arm('combat-source', 'ComBat by source (= class)', withBatches(box, sources)),
    logistic({ name: 'coin', label: 'MSD, halves by coin', kind: 'control', patients: meaningless }),
    {
      ...arm('combat-coin', 'the same, ComBat by the coin', withBatches(meaningless, coin.map(String))),
      kind: 'control',
    },
  ];
}

/** Within one source: no tumour is in the question, the same features answer. */
function controlArms({ box, boxFree, scan, sources }: Arms): ArmPlan[] {
  const [area, noise] = [columnOfPatients(scan, 'boxAreaPx'), columnOfPatients(scan, 'fatNoiseHu')];
  return (['MSD', 'NIH'] as const).flatMap((source) => [
    logistic({
      name: `${source}-noise`,
      label: `${source}: noisy against quiet`,
      kind: 'control',
      patients: halves(box, sources, source, noise),
    }),
    logistic({
      name: `${source}-area`,
      label: `${source}: large against small box`,
      kind: 'control',
      patients: halves(box, sources, source, area),
    }),
    logistic({
      name: `${source}-area-free`,
      label: `${source}: the same, features not bound to it`,
      kind: 'control',
      patients: halves(boxFree, sources, source, area),
    }),
  ]);
}

/** Scanned thick against thin, where that is known: MSD patients with masks. */
function spacingArm({ box, maskScan, sources }: Arms): ArmPlan {
  const spacing = new Map(maskScan.ids.map((id, i) => [id, columnOfPatients(maskScan, 'sliceSpacingMm')[i]!]));
  const values = box.ids.map((id) => spacing.get(id) ?? NaN);
  return logistic({
    name: 'MSD-spacing',
    label: 'MSD with masks: thick against thin slices',
    kind: 'control',
    patients: halves(box, sources, 'MSD', values),
  });
}

/** Fewer of a kind give each fold none of it. */
const leastOfAKind = 5;

function isEnough({ patients: { ill } }: ArmPlan): boolean {
  const sick = ill.filter(Boolean).length;
  return Math.min(sick, ill.length - sick) >= leastOfAKind;
}

/** All arms that have five patients of each kind, in the order in which they are shown. */
export function planArms(arms: Arms, seed: number): ArmPlan[] {
  return [
    ...scanArms(arms),
    ...featureArms(arms),
    ...matchedArms(arms),
    ...harmonisedArms(arms, seed),
    ...controlArms(arms),
    spacingArm(arms),
  ].filter(isEnough);
}
