/** The subcommands of `axunet`, in the order of its help. */
import type { Command } from './command.ts';
import { checkStep } from './commands/checkStep.ts';
import { completionOf } from './commands/completion.ts';
import { crossval } from './commands/crossval.ts';
import { data } from './commands/data.ts';
import { doctor } from './commands/doctor.ts';
import { evaluate } from './commands/evaluate.ts';
import { figures } from './commands/figures.ts';
import { info } from './commands/info.ts';
import { overlay } from './commands/overlay.ts';
import { phantom } from './commands/phantom.ts';
import { predict } from './commands/predict.ts';
import { preprocess } from './commands/preprocess.ts';
import { radiomics } from './commands/radiomics.ts';
import { train } from './commands/train.ts';
import { verify } from './commands/verify.ts';

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
  completionOf(() => commands),
];
