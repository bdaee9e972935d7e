/**
 * The environment variables that the engine reads as it runs. Its set-up reads two more, AXUNET_TENSORFLOW
 * (setup/tensorflow.mjs) and AXUNET_CACHE (setup/cacheFolder.mjs): it must run before anything in TypeScript does.
 */
import { UserError } from './errors.ts';
import * as engines from './setup/engineNames.mjs';

/** Every engine by name. */
export const engineNames = engines.engineNames;
/** The values that `AXUNET_ENGINE` can have. */
export const engineChoices = engines.engineChoices;
/** What `AXUNET_ENGINE` can say: an engine, or `auto` for the fastest that starts. */
export type EngineChoice = (typeof engineChoices)[number];
/** An engine by name. */
export type EngineName = (typeof engineNames)[number];

/** The value of a variable, which must be one of `allowed`; `fallback` where it is not set. */
export function choiceOf<T extends string>(variable: string, allowed: readonly T[], fallback: T): T {
  const value = process.env[variable] || fallback;
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw new UserError(`Expected ${variable} to be one of ${allowed.join(', ')}, found "${value}"`);
}

/** These variables, read when they are asked for. */
export const engineSettings = {
  /** Which engine `startEngine` starts when it is not told. */
  get engine(): EngineChoice {
    return choiceOf('AXUNET_ENGINE', engineChoices, 'auto');
  },
  /** Whether training steps and predictions are compiled to TensorFlow graphs where that is possible. */
  get isCompiling(): boolean {
    return choiceOf('AXUNET_COMPILE', ['auto', 'off'], 'auto') === 'auto';
  },
  /**
   * When a compiled step is compared with the uncompiled one, and a graphics card under WebGPU with plain JavaScript:
   * the first time on this machine, at every start, or never.
   */
  get stepCheck(): 'once' | 'always' | 'never' {
    return choiceOf('AXUNET_STEP_CHECK', ['once', 'always', 'never'], 'once');
  },
} as const;
