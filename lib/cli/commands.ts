/** The subcommands of `axunet` by name, in the order of help: definitions and work, loaded when they are asked for. */
import { type Command, toCommand } from './command.ts';

const loaders = {
  info: async () =>
    toCommand((await import('./definitions/info.ts')).info, async () => (await import('./run/info.ts')).run),
  data: async () =>
    toCommand((await import('./definitions/data.ts')).data, async () => (await import('./run/data.ts')).run),
  phantom: async () =>
    toCommand((await import('./definitions/phantom.ts')).phantom, async () => (await import('./run/phantom.ts')).run),
  verify: async () =>
    toCommand((await import('./definitions/verify.ts')).verify, async () => (await import('./run/verify.ts')).run),
  plan: async () =>
    toCommand((await import('./definitions/plan.ts')).plan, async () => (await import('./run/plan.ts')).run),
  preprocess: async () =>
    toCommand(
      (await import('./definitions/preprocess.ts')).preprocess,
      async () => (await import('./run/preprocess.ts')).run,
    ),
  train: async () =>
    toCommand((await import('./definitions/train.ts')).train, async () => (await import('./run/train.ts')).run),
  crossval: async () =>
    toCommand(
      (await import('./definitions/crossval.ts')).crossval,
      async () => (await import('./run/crossval.ts')).run,
    ),
  'check-step': async () =>
    toCommand(
      (await import('./definitions/checkStep.ts')).checkStep,
      async () => (await import('./run/checkStep.ts')).run,
    ),
  predict: async () =>
    toCommand((await import('./definitions/predict.ts')).predict, async () => (await import('./run/predict.ts')).run),
  convert: async () =>
    toCommand((await import('./definitions/convert.ts')).convert, async () => (await import('./run/convert.ts')).run),
  export: async () =>
    toCommand(
      (await import('./definitions/export.ts')).exportCommand,
      async () => (await import('./run/export.ts')).run,
    ),
  import: async () =>
    toCommand(
      (await import('./definitions/import.ts')).importCommand,
      async () => (await import('./run/import.ts')).run,
    ),
  evaluate: async () =>
    toCommand(
      (await import('./definitions/evaluate.ts')).evaluate,
      async () => (await import('./run/evaluate.ts')).run,
    ),
  radiomics: async () =>
    toCommand(
      (await import('./definitions/radiomics.ts')).radiomics,
      async () => (await import('./run/radiomics.ts')).run,
    ),
  merge: async () =>
    toCommand((await import('./definitions/merge.ts')).merge, async () => (await import('./run/merge.ts')).run),
  status: async () =>
    toCommand((await import('./definitions/status.ts')).status, async () => (await import('./run/status.ts')).run),
  overlay: async () =>
    toCommand((await import('./definitions/overlay.ts')).overlay, async () => (await import('./run/overlay.ts')).run),
  view: async () =>
    toCommand((await import('./definitions/view.ts')).view, async () => (await import('./run/view.ts')).run),
  report: async () =>
    toCommand((await import('./definitions/report.ts')).report, async () => (await import('./run/report.ts')).run),
  figures: async () =>
    toCommand((await import('./definitions/figures.ts')).figures, async () => (await import('./run/figures.ts')).run),
  doctor: async () =>
    toCommand((await import('./definitions/doctor.ts')).doctor, async () => (await import('./run/doctor.ts')).run),
  completion: async () =>
    toCommand((await import('./definitions/completion.ts')).completion, async () =>
      (await import('./run/completion.ts')).runFor(await loadCommands()),
    ),
} as const satisfies Record<string, () => Promise<Command>>;

export type CommandName = keyof typeof loaders;

export const commandNames = Object.keys(loaders) as CommandName[];

export const isCommand = (name: string): name is CommandName => Object.hasOwn(loaders, name);

export const loadCommand = (name: CommandName): Promise<Command> => loaders[name]();

export const loadCommands = (): Promise<Command[]> => Promise.all(commandNames.map(loadCommand));
