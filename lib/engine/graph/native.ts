/**
 * TensorFlow graphs and sessions as binding.cc offers them: types, loading, and one session with typed arrays in and
 * out. The compiled binding lies beside tfjs-node's own and uses the same TensorFlow library.
 */
import { loadGraphBinding } from '#system/tensorflow';
import { isNative } from '../engine.ts';
import { CannotCompile, messageOf } from '../errors.ts';

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

/** Why no graph can be run here; undefined where one can. */
export function whyNoGraphs(): string | undefined {
  if (!isNative()) return 'the engine is not TensorFlow';
  try {
    addon ??= loadGraphBinding() as Addon | undefined;
    return addon ? undefined : 'the graph binding is not compiled (npm run setup does it)';
  } catch (error) {
    return `the graph binding does not load: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Whether our own kernels have bfloat16 forms here. */
export const hasBfloat16Kernels = (): boolean => whyNoGraphs() === undefined && addon!.hasBfloat16;

function loaded(): Addon {
  const reason = whyNoGraphs();
  if (reason) throw new CannotCompile('anything', reason);
  return addon!;
}

/** An empty TensorFlow graph. Throws a CannotCompile where graphs cannot be made. */
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
/** A tensor in the memory of JavaScript: shape and values, last axis fastest. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

function dtypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return dtypes.float32;
  return data instanceof Int32Array ? dtypes.int32 : dtypes.uint8;
}

function hostTensor({ dtype, shape, buffer }: NativeOutput): HostTensor {
  if (dtype === dtypes.float32) return { shape, data: new Float32Array(buffer) };
  if (dtype === dtypes.int32) return { shape, data: new Int32Array(buffer) };
  if (dtype === dtypes.uint8 || dtype === dtypes.bool) return { shape, data: new Uint8Array(buffer) };
  throw new CannotCompile(`an output of TensorFlow type ${dtype}`, 'it is none of float32, int32, uint8 and bool');
}

/** TensorFlow's refusal of a graph that could be built. */
const refusal = (error: unknown): CannotCompile =>
  new CannotCompile('the graph', messageOf(error).replaceAll('\n', ' '), { cause: error });

/** A graph being run: its variables live here, between the calls. */
export class Session {
  readonly #native: NativeSession;
  /** What has been run without an error, by names of fetches and targets. */
  readonly #proved = new Set<string>();
  /** RunMetadata of the last traced call, a serialised protocol buffer. */
  lastTrace?: Uint8Array;

  /** Throws a `CannotCompile` where TensorFlow refuses the graph. */
  constructor(graph: NativeGraph, config: SessionConfig = {}) {
    const { Session: Native } = loaded();
    try {
      this.#native = new Native(graph, configBytes(config));
    } catch (error) {
      throw refusal(error);
    }
  }

  /**
   * Feeds tensors by name, computes what `fetches` and `targets` need, and returns the fetched ones. The work is done
   * on another thread: timers, signals and messages are served meanwhile.
   *
   * TensorFlow places operations and looks for their kernels when these fetches and targets are run for the
   * first time: what fails then is a refusal to compile, a `CannotCompile`. Later failures of an operation
   * are errors with TensorFlow's message. Names that the graph lacks, feeds that do not fill their shape and
   * a closed session are errors too.
   */
  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[],
    targets: readonly string[] = [],
    trace = false,
  ): Promise<HostTensor[]> {
    const raw = Object.entries(feeds).map(([name, { shape, data }]) => ({ name, dtype: dtypeOf(data), shape, data }));
    const running = this.#native.run(raw, fetches, targets, trace); // throws at once for mistakes of the caller
    const asked = JSON.stringify([fetches, targets]);
    const result = await running.catch((error: unknown) => {
      throw this.#proved.has(asked) ? error : refusal(error);
    });
    this.lastTrace = result.trace;
    const outputs = result.outputs.map(hostTensor);
    this.#proved.add(asked);
    return outputs;
  }

  /** Frees the variables. */
  close(): void {
    this.#native.close();
  }
}
