/**
 * TensorFlow graphs and sessions as binding.cc offers them: types, loading, and one session with typed arrays in and out.
 * The compiled binding lies beside tfjs-node's own and uses the same TensorFlow library.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindingFile, isNative } from '../engine.ts';
import { expected, UserError } from '../errors.ts';

/** TensorFlow's numbers of the element types that we exchange. */
export const dtypes = { float32: 1, int32: 3, uint8: 4, resource: 20, int64: 9, bool: 10, bfloat16: 14 } as const;
/** TensorFlow's numbers of the kinds of attributes. */
export const attributeTypes = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, tensor: 6 } as const;

export interface OutputInfo {
  readonly dtype: number;
  /** −1 where a side depends on data; absent where not even the rank is known. */
  readonly shape?: readonly number[];
}
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}
type Bytes = Float32Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array;
export interface RawTensor {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly data: Bytes;
}

export interface NativeGraph {
  add(
    type: string,
    name: string,
    inputs: readonly (string | readonly string[])[],
    attributes: readonly NativeAttribute[],
    controls: readonly string[],
  ): OutputInfo[];
  /** Tells the shape of an output that TensorFlow's inference does not know. */
  setShape(output: string, shape: readonly number[]): void;
  bytes(): Uint8Array;
}
interface NativeOutput {
  dtype: number;
  shape: number[];
  buffer: ArrayBuffer;
}
interface NativeSession {
  run(
    feeds: readonly (RawTensor & { name: string })[],
    fetches: readonly string[],
    targets: readonly string[],
    trace: boolean,
  ): Promise<{ outputs: NativeOutput[]; trace?: Uint8Array }>;
  close(): void;
}
interface Addon {
  Graph: new () => NativeGraph;
  Session: new (graph: NativeGraph, config: Uint8Array) => NativeSession;
  /** Whether the processor multiplies bfloat16 in our kernels. */
  hasBfloat16: boolean;
}

let addon: Addon | undefined;

/** Where set-up puts the compiled binding. */
export const graphBindingFile = (): string => path.join(path.dirname(bindingFile()), 'tensorflow_graph.node');

/** Why no graph can be run here; undefined where one can. */
export function whyNoGraphs(): string | undefined {
  if (!isNative()) return 'the engine is not TensorFlow';
  if (!existsSync(graphBindingFile())) return 'the graph binding is not compiled (npm run setup does it)';
  try {
    addon ??= createRequire(import.meta.url)(graphBindingFile()) as Addon;
    return undefined;
  } catch (error) {
    return `the graph binding does not load: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Whether our own kernels have bfloat16 forms here. */
export const hasBfloat16Kernels = (): boolean => whyNoGraphs() === undefined && addon!.hasBfloat16;

function loaded(): Addon {
  const reason = whyNoGraphs();
  if (reason) throw new UserError(`Expected an engine that can run graphs: ${reason}`);
  return addon!;
}

export const newGraph = (): NativeGraph => new (loaded().Graph)();

/** Threads of a session; TensorFlow chooses where none are given. */
export interface SessionConfig {
  /** Threads inside one operation. */
  readonly intraOpThreads?: number;
  /** Operations computed at once. */
  readonly interOpThreads?: number;
}

/** A ConfigProto with its two thread counts (fields 2 and 5), as bytes; each below 128. */
function configBytes({ intraOpThreads, interOpThreads }: SessionConfig): Uint8Array {
  const field = (number: number, value?: number): number[] => (value === undefined ? [] : [number << 3, value]);
  return Uint8Array.from([...field(2, intraOpThreads), ...field(5, interOpThreads)]);
}

export type TensorData = Float32Array | Int32Array | Uint8Array;
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const dtypeOf = (data: TensorData): number =>
  data instanceof Float32Array ? dtypes.float32 : data instanceof Int32Array ? dtypes.int32 : dtypes.uint8;

function hostTensor({ dtype, shape, buffer }: NativeOutput): HostTensor {
  if (dtype === dtypes.float32) return { shape, data: new Float32Array(buffer) };
  if (dtype === dtypes.int32) return { shape, data: new Int32Array(buffer) };
  if (dtype === dtypes.uint8 || dtype === dtypes.bool) return { shape, data: new Uint8Array(buffer) };
  throw expected('a fetched tensor of float32, int32, uint8 or bool', `type ${dtype}`);
}

/** A graph being run: its variables live here, between the calls. */
export class Session {
  readonly #native: NativeSession;
  /** RunMetadata of the last traced call, a serialised protocol buffer. */
  lastTrace?: Uint8Array;

  constructor(graph: NativeGraph, config: SessionConfig = {}) {
    this.#native = new (loaded().Session)(graph, configBytes(config));
  }

  /**
   * Feeds tensors by name, computes what `fetches` and `targets` need, and returns the fetched ones. The work is done on
   * another thread: timers, signals and messages are served meanwhile. Throws TensorFlow's message when an operation fails.
   */
  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[],
    targets: readonly string[] = [],
    trace = false,
  ): Promise<HostTensor[]> {
    const raw = Object.entries(feeds).map(([name, { shape, data }]) => ({ name, dtype: dtypeOf(data), shape, data }));
    const result = await this.#native.run(raw, fetches, targets, trace);
    this.lastTrace = result.trace;
    return result.outputs.map(hostTensor);
  }

  /** Frees the variables. */
  close(): void {
    this.#native.close();
  }
}
