/** The studies behind the notebooks: which networks are trained how often, on what, and what is asked. */
import { UserError } from 'axunet/errors';
import { type Variant, variants } from 'axunet/model/axunet';
import type { TrainChanges } from 'axunet/train/config';

/** One way of doing it; every arm of a study is trained once per seed. */
export interface StudyArm {
  /** Short, for folders and tables. */
  readonly name: string;
  /** For figures. */
  readonly label: string;
  readonly changes: TrainChanges;
  /** What is dealt into folds: `slices` puts slices of one patient on both sides, as the reference's code does. */
  readonly split?: 'patients' | 'slices';
  /** Pancreas and tumour are two classes, not one; of phantom cohorts alone. */
  readonly keepsClasses?: boolean;
  /** Begins with the weights of a network of phantom patients, or of one that comes with the project, not at random. */
  readonly begins?: 'phantom' | 'weights';
  /** Trains on so many of the training patients, drawn by the seed: fewer are a part of more. All without it. */
  readonly patients?: number;
}

export interface StudyPlan {
  readonly name: string;
  readonly title: string;
  /** `phantom`: volumes made on the spot; `nih-2d`: 199 real slices of 43 patients. */
  readonly cohort: 'phantom' | 'nih-2d';
  /** The same for all arms, the number of epochs included: an equal budget in steps, never in minutes. */
  readonly base: TrainChanges;
  readonly arms: readonly StudyArm[];
  readonly seeds: readonly number[];
  /** Trained in processes side by side, one thread each, not one after the other with all threads. */
  readonly sideBySide?: boolean;
  /** Of pictures: into how many folds their patients are dealt; run `seed` tests fold (seed − 1) modulo this. */
  readonly folds?: number;
}

/** About half a minute a run on two quiet cores; the recipe of profile `demo`. */
const phantomBase: TrainChanges = { width: 8, gridSize: [80, 80], batchSize: 8, epochs: 4 };

const variantLabels: Record<Variant, string> = {
  unet: 'U-Net',
  'unet-sep': 'U-Net + separable',
  'unet-aspp': 'U-Net + ASPP',
  plain: 'Separable + ASPP',
  residual: 'AX-Unet (+ shortcuts)',
  grouped: 'ASPP + grouped',
};
const variantOrder: readonly Variant[] = ['unet', 'unet-sep', 'unet-aspp', 'plain', 'residual', 'grouped'];

/** An arm that is trained with a loss of `train/config.ts`. */
const lossArm = (loss: string, label: string): StudyArm => ({
  name: loss,
  label,
  changes: { loss: loss as TrainChanges['loss'] },
});

/** Both arms of a number of patients: at random, and with the weights of another network. */
const transferArms = (patients: number, begins: StudyArm['begins'], label: string, changes: TrainChanges): StudyArm[] =>
  [undefined, begins].map((from) => ({
    name: `${from ?? 'random'}-${patients}`,
    label: `${from ? label : 'Random weights'}, ${patients} patients`,
    changes,
    patients,
    begins: from,
  }));

/** The studies of what a network gives to training on other patients. */
export const transferNames = { real: 'transfer-real', phantom: 'transfer-phantom' } as const;

/** The study of what makes a network good on real slices. */
export const accuracyName = 'accuracy';

/** The study that keeps pancreas and tumour apart. */
export const classesApartName = 'classes-apart';

export const studies: readonly StudyPlan[] = [
  {
    name: accuracyName,
    title: 'What makes a network good on real slices',
    cohort: 'nih-2d',
    sideBySide: true,
    folds: 5,
    seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    base: { epochs: 50 },
    arms: [
      { name: 'recipe', label: 'The recipe', changes: {} },
      { name: 'no-augmentation', label: 'Without augmentation', changes: { augment: 'none' } },
      { name: 'strong', label: 'Stronger augmentation', changes: { augment: 'strong' } },
      { name: 'boundary-aware', label: 'Focal + GDL + boundary-aware', changes: { loss: 'focal-gdl-boundary' } },
      { name: 'pretrained', label: 'First on phantoms', changes: {}, begins: 'phantom' },
      { name: 'fine', label: '224 instead of 160 pixels', changes: { gridSize: [224, 224] } },
      { name: 'unet', label: 'U-Net', changes: { variant: 'unet' } },
    ],
  },
  {
    name: transferNames.real,
    title: 'Few real patients, begun with phantoms',
    cohort: 'nih-2d',
    sideBySide: true,
    folds: 5,
    seeds: [1, 2, 3, 4, 5],
    base: { width: 16, gridSize: [160, 160], batchSize: 4, augment: 'default', epochs: 10 },
    // about 400 steps each
    arms: [
      ...transferArms(4, 'phantom', 'First on phantoms', { epochs: 80 }),
      ...transferArms(12, 'phantom', 'First on phantoms', { epochs: 28 }),
      ...transferArms(34, 'phantom', 'First on phantoms', { epochs: 10 }),
    ],
  },
  {
    name: transferNames.phantom,
    title: 'Few phantom patients, begun with real slices',
    cohort: 'phantom',
    sideBySide: true,
    seeds: [1, 2, 3],
    base: { ...phantomBase, width: 16, gridSize: [96, 96], epochs: 4 },
    // about 300 steps each
    arms: [
      ...transferArms(4, 'weights', 'The weights of the project', { epochs: 20 }),
      ...transferArms(20, 'weights', 'The weights of the project', { epochs: 4 }),
    ],
  },
  {
    name: classesApartName,
    title: 'Pancreas and tumour as one class, or apart',
    cohort: 'phantom',
    base: { ...phantomBase, epochs: 12, gridMargin: 5, loss: 'focal-gdl' },
    seeds: [1, 2, 3],
    arms: [
      { name: 'union', label: 'One class', changes: {} },
      { name: 'apart', label: 'Two classes', changes: {}, keepsClasses: true },
    ],
  },
  {
    name: 'architectures',
    title: 'Six networks, one budget',
    cohort: 'phantom',
    base: phantomBase,
    seeds: [1, 2, 3],
    arms: variantOrder
      .filter((v) => variants.includes(v))
      .map((variant) => ({ name: variant, label: variantLabels[variant], changes: { variant } })),
  },
  {
    name: 'leakage',
    title: 'The same network, slices split at random and by patient',
    cohort: 'nih-2d',
    seeds: [1, 2, 3, 4],
    base: {
      width: 8,
      gridSize: [96, 96],
      batchSize: 6,
      epochs: 20,
      augment: 'light',
      emaDecay: 0.98,
      learningRate: 5e-3,
    },
    arms: [
      { name: 'by-slice', label: 'Slices at random', changes: {}, split: 'slices' },
      { name: 'by-patient', label: 'By patient', changes: {}, split: 'patients' },
    ],
  },
  {
    name: 'losses',
    title: 'Four losses, one budget',
    cohort: 'phantom',
    base: phantomBase,
    seeds: [1, 2, 3],
    arms: [
      lossArm('ce-dice', 'CE + Dice'),
      lossArm('focal-gdl', 'Focal + GDL'),
      lossArm('focal-gdl-boundary', 'Focal + GDL + boundary-aware'),
      lossArm('ce-dice-boundary', 'CE + Dice + boundary distance'),
    ],
  },
];

/** A study by its name. Throws listing the names when there is none. */
export function findStudy(name: string): StudyPlan {
  const plan = studies.find((one) => one.name === name);
  if (!plan)
    throw new UserError(`There is no study called "${name}"; there are ${studies.map((one) => one.name).join(', ')}`);
  return plan;
}
