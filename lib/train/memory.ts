/**
 * How much memory a training run will need, told before it starts, and a configuration that fits where one does not.
 *
 * The estimate is a line above measured peaks (widths 8 to 64, grids of 96² to 512², several variants): kept
 * activations grow with width · height · width of the grid · batch, the rest with the number of weights. It errs to the
 * high side, on wasm by up to a half.
 */
import os from 'node:os';
import type { EngineInfo } from 'axunet-engine/engine';
import { UserError } from '../errors.ts';

const mebibyte = 2 ** 20;
/** Node, the engine and the libraries. */
const baseBytes = 400 * mebibyte;
/** Kept and passing activations, per channel of the first level, pixel of the grid and slice of the batch. */
const activationBytes: Readonly<Record<EngineInfo['name'], number>> = {
  tensorflow: 175,
  wasm: 350,
  cpu: 350,
  webgpu: 350, // not measured: the same operations as wasm and cpu
};
/** The same of a compiled step that makes images again instead of keeping them. */
const recomputingBytes = 80;
/**
 * Copies of all weights: themselves, gradients, two optimizer slots, average, a new value of each, and a checkpoint's
 * copy in JavaScript.
 */
const weightCopies = 10;
/** WebAssembly can address no more. */
const wasmLimit = 4096 * mebibyte;

/** What a run's need of memory follows from. */
export interface RunSize {
  /** Channels of the first level. */
  readonly width: number;
  /** Height and width of the grid in pixels. */
  readonly gridSize: readonly [number, number];
  /** Slices that go through the network at once. */
  readonly microBatch: number;
  /** Number of weights. */
  readonly weights: number;
  /** Whether the step is compiled and makes images again in the backward pass. */
  readonly recomputes?: boolean;
}

/** Expected peak in bytes. */
export const estimateMemory = (
  { width, gridSize, microBatch, weights, recomputes }: RunSize,
  engine: EngineInfo['name'],
): number =>
  baseBytes +
  (recomputes ? recomputingBytes : activationBytes[engine]) * width * gridSize[0] * gridSize[1] * microBatch +
  4 * weightCopies * weights;

/** Bytes that a run on this engine may use now; undefined on a GPU, whose memory the engine does not tell. */
export function availableMemory({ name, description }: EngineInfo): number | undefined {
  if (name === 'webgpu' || description.includes('(GPU)')) return undefined;
  const limit = process.constrainedMemory() || Infinity; // of the container, where there is one
  const free = Math.min(os.freemem() + process.memoryUsage.rss(), limit);
  return name === 'wasm' ? Math.min(free, wasmLimit) : free;
}

const sizeText = (bytes: number): string =>
  bytes < 1024 * mebibyte ? `${Math.ceil(bytes / mebibyte)} MB` : `${(bytes / 1024 / mebibyte).toFixed(1)} GB`;

/**
 * The nearest run that fits: the batch in parts whose gradients are averaged, then a smaller grid, then a narrower
 * network.
 */
function suggest(size: RunSize, fits: (size: RunSize) => boolean): string | undefined {
  for (let microBatch = size.microBatch - 1; microBatch >= 1; microBatch--)
    if (fits({ ...size, microBatch })) return `microBatch=${microBatch}`;
  for (let share = 0.9; share > 0.05; share -= 0.05) {
    const gridSize = size.gridSize.map((side) => Math.max(16, 16 * Math.floor((side * share) / 16))) as [
      number,
      number,
    ];
    if (fits({ ...size, microBatch: 1, gridSize })) return `microBatch=1 and gridSize=[${gridSize.join(',')}]`;
  }
  for (let width = Math.floor(size.width / 2); width >= 1; width = Math.floor(width / 2)) {
    if (fits({ ...size, microBatch: 1, width, weights: size.weights * (width / size.width) ** 2 }))
      return `microBatch=1 and width=${width}`;
  }
  return undefined;
}

/**
 * One line about the memory that the run needs and has. Throws a UserError with a configuration that fits where it
 * cannot; on a GPU, whose free memory is not known, it never throws.
 */
export function checkMemory(size: RunSize, engine: EngineInfo, available = availableMemory(engine)): string {
  const needed = estimateMemory(size, engine.name);
  if (available === undefined) return `memory: about ${sizeText(needed)} needed`;
  if (needed <= available) return `memory: about ${sizeText(needed)} needed, ${sizeText(available)} available`;
  const smaller = suggest(size, (other) => estimateMemory(other, engine.name) <= available);
  const advice = smaller ? `${smaller} fits` : 'nothing smaller fits either: free some memory';
  throw new UserError(
    `Expected a run that fits into the ${sizeText(available)} of memory available, ` +
      `found one that needs about ${sizeText(needed)}; ${advice}`,
  );
}
