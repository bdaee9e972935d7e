/**
 * The package `axunet-engine`: what its users need, by section; README.md shows the main ones at work. Files can be
 * imported alone as well (`axunet-engine/ops/convolution`). What is not exported here may change without notice; of
 * that, `axunet` uses some, being of the same version: nodes and variables of graphs, the names of kernels.
 */

// Starting: TensorFlow where set-up (setup/) has run, else WebAssembly that can train, else plain JavaScript; WebGPU by
// its name.

export { currentEngine, type EngineInfo, type EngineName, isNative, isOnGpu, startEngine, tf } from './engine.ts';
export { type EngineChoice, engineChoices, engineNames, engineSettings } from './settings.ts';

// Errors that can be mended, in one sentence; `CannotCompile` where operation by operation is the way to go on.

export { CannotCompile, expected, messageOf, UserError } from './errors.ts';

// Gradients that let go of tensors early, and tensors that are made again instead of kept.

export { type ValueAndGradients, valueAndGradients } from './gradients.ts';
export { recomputing } from './recompute.ts';

// Operations with gradients, on every engine: NHWC images, HWIO kernels.

export { adaptiveMaxPool, adaptiveWindow, nearestIndex, resizeNearest } from './ops/adaptiveMaxPool.ts';
export { batchNormReluInference, batchNormReluTraining, type StatisticsListener } from './ops/batchNormRelu.ts';
export { addBias } from './ops/bias.ts';
export { type ConvolutionOptions, convolution } from './ops/convolution.ts';
export {
  type BatchNormWeights,
  type ConvolutionWeights,
  convolutionNormRelu,
  type NormOptions,
  separableNormRelu,
} from './ops/convolutionNormRelu.ts';
export { depthwiseConvolution } from './ops/depthwise.ts';
export { groupedConvolution } from './ops/groupedConvolution.ts';
export { join } from './ops/join.ts';
export { maxPool } from './ops/maxPool.ts';
export { movingAverage } from './ops/movingAverage.ts';
export { pointwiseConvolution } from './ops/pointwise.ts';
export { upConvolution } from './ops/upConvolution.ts';

// Operations on logits and labels, exact also where a softmax rounds to 0 or 1.

export { type ClassSums, classSums } from './ops/classSums.ts';
export { type FocalParameters, focalCrossEntropy, meanFocalCrossEntropy } from './ops/focalCrossEntropy.ts';
export { softmaxCrossEntropy } from './ops/softmaxCrossEntropy.ts';

// Our own kernels: whether they are there, and how to compare with TensorFlow's.

export { hasOwnKernels, withoutOwnKernels } from './ops/ownKernels.ts';

// tfjs code as one TensorFlow graph: a model's prediction, or code of your own in a session with variables.

export { type CompiledModel, type CompileModelOptions, compileModel, eagerModel } from './graph/compileModel.ts';
export { assertEqualTraces } from './graph/equalTraces.ts';
export { type HostTensor, newGraph, Session, type SessionConfig, whyNoGraphs } from './graph/native.ts';
export { nodeOf, type Ref, Trace, type TraceOptions } from './graph/trace.ts';
export { withTrace } from './graph/tracing.ts';
export { addVariable, assignVariable, type GraphVariable, readVariable } from './graph/variables.ts';

// Kernels that let the stock wasm backend of tfjs train; `startEngine('wasm')` registers them by itself.

export { registerWasmKernels } from './wasm/kernels.ts';

// The same for the webgpu backend, in Node and in a browser: `startEngine('webgpu')` does both by itself.

export { throwDeviceErrors } from './webgpu/deviceErrors.ts';
export { registerWebgpuKernels } from './webgpu/kernels.ts';
