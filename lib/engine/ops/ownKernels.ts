/** Whether our own kernels (cpp/) can be used: on TensorFlow's CPU, where the binding that brings them is compiled. */
import { isNative, isOnGpu } from '../engine.ts';
import { whyNoGraphs } from '../graph/native.ts';

export const hasOwnKernels = (): boolean => isNative() && !isOnGpu() && whyNoGraphs() === undefined;
