/** Whether our own kernels (cpp/) can be used: on TensorFlow's CPU, where the binding that brings them is compiled. */
import { isNative, isOnGpu } from '../engine.ts';
import { whyNoGraphs } from '../graph/native.ts';

let areLeftOut = false;

/**
 * Whether our kernels compute: native TensorFlow on the CPU, with the graph binding, and not left out by
 * `withoutOwnKernels`.
 */
export const hasOwnKernels = (): boolean => !areLeftOut && isNative() && !isOnGpu() && whyNoGraphs() === undefined;

/** Runs `f` with TensorFlow's kernels alone: to compare ours with. */
export function withoutOwnKernels<T>(f: () => T): T {
  const before = areLeftOut;
  areLeftOut = true;
  try {
    return f();
  } finally {
    areLeftOut = before;
  }
}
