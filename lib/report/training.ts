/** What a network of a report was trained on: numbers and names of data, never those of patients. */
import path from 'node:path';
import { describeClasses } from '../dataset/classes.ts';
import type { TrainedRun } from '../train/loadRun.ts';

/** A network as the report's JSON has it. */
export interface NetworkFacts {
  /** Name of the run's folder. */
  readonly run: string;
  /** SHA-256 of the checkpoint's checksums. */
  readonly weights: string;
  readonly variant: string;
  readonly width: number;
  readonly dataset: string;
  readonly kind: 'CT volumes' | 'pictures';
  /** Nobody was scanned: the images were made by a program. */
  readonly isSynthetic: boolean;
  readonly windowHu: readonly [number, number] | null;
  /** Pixels of the images that it sees (rows, columns). */
  readonly pixels: readonly number[];
  /** What they cover in mm (rows, columns); null where it sees pixels of any size. */
  readonly extentMm: readonly number[] | null;
  readonly classes: string | null;
  readonly trainingPatients: number;
  readonly validationPatients: number;
  readonly slices: number;
  readonly loss: string;
  readonly seed: number;
  readonly step: number;
  /** Mean Dice of the validation patients at the best checkpoint; null where nothing was validated. */
  readonly bestValidationDice: number | null;
  readonly axunet: string;
}

export function networkFacts({ folder, description, position, sha256, ...run }: TrainedRun): NetworkFacts {
  const { config, data, model, patients, grid } = description;
  return {
    run: path.basename(path.resolve(folder)),
    weights: sha256,
    variant: model.variant,
    width: model.width,
    dataset: data.dataset,
    kind: run.isOfPictures ? 'pictures' : 'CT volumes',
    isSynthetic: run.trainedOn?.isSynthetic ?? false,
    windowHu: run.isOfPictures ? null : run.windowHu,
    pixels: grid.size,
    extentMm: grid.unit === 'mm' ? grid.extent : null,
    classes: run.classes ? describeClasses(run.classes) : null,
    trainingPatients: patients.training.length,
    validationPatients: patients.validation.length,
    slices: data.slices,
    loss: config.loss,
    seed: config.seed,
    step: position.step,
    bestValidationDice: position.best?.dice ?? null,
    axunet: description.axunet,
  };
}
