/** The subcommands of `axunet`: their definitions with the work, which is loaded when one runs. */
import { type Command, toCommand } from './command.ts';
import { checkStep as checkStepDefinition } from './definitions/checkStep.ts';
import { completion as completionDefinition } from './definitions/completion.ts';
import { crossval as crossvalDefinition } from './definitions/crossval.ts';
import { data as dataDefinition } from './definitions/data.ts';
import { doctor as doctorDefinition } from './definitions/doctor.ts';
import { evaluate as evaluateDefinition } from './definitions/evaluate.ts';
import { figures as figuresDefinition } from './definitions/figures.ts';
import { info as infoDefinition } from './definitions/info.ts';
import { overlay as overlayDefinition } from './definitions/overlay.ts';
import { phantom as phantomDefinition } from './definitions/phantom.ts';
import { predict as predictDefinition } from './definitions/predict.ts';
import { preprocess as preprocessDefinition } from './definitions/preprocess.ts';
import { radiomics as radiomicsDefinition } from './definitions/radiomics.ts';
import { train as trainDefinition } from './definitions/train.ts';
import { verify as verifyDefinition } from './definitions/verify.ts';

export const info = toCommand(infoDefinition, async () => (await import('./run/info.ts')).run);
export const data = toCommand(dataDefinition, async () => (await import('./run/data.ts')).run);
export const phantom = toCommand(phantomDefinition, async () => (await import('./run/phantom.ts')).run);
export const verify = toCommand(verifyDefinition, async () => (await import('./run/verify.ts')).run);
export const preprocess = toCommand(preprocessDefinition, async () => (await import('./run/preprocess.ts')).run);
export const train = toCommand(trainDefinition, async () => (await import('./run/train.ts')).run);
export const crossval = toCommand(crossvalDefinition, async () => (await import('./run/crossval.ts')).run);
export const checkStep = toCommand(checkStepDefinition, async () => (await import('./run/checkStep.ts')).run);
export const predict = toCommand(predictDefinition, async () => (await import('./run/predict.ts')).run);
export const evaluate = toCommand(evaluateDefinition, async () => (await import('./run/evaluate.ts')).run);
export const radiomics = toCommand(radiomicsDefinition, async () => (await import('./run/radiomics.ts')).run);
export const overlay = toCommand(overlayDefinition, async () => (await import('./run/overlay.ts')).run);
export const figures = toCommand(figuresDefinition, async () => (await import('./run/figures.ts')).run);
export const doctor = toCommand(doctorDefinition, async () => (await import('./run/doctor.ts')).run);
const completion = toCommand(completionDefinition, async () => (await import('./run/completion.ts')).runFor(commands));

/** In the order of help. */
export const commands: readonly Command[] = [
  info,
  data,
  phantom,
  verify,
  preprocess,
  train,
  crossval,
  checkStep,
  predict,
  evaluate,
  radiomics,
  overlay,
  figures,
  doctor,
  completion,
];
