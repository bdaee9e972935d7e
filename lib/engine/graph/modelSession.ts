/** A session that predicts with a model's graph: what follows from the weights alone lives in its variables. */
import type { tf } from '../engine.ts';
import { assertEqualTraces } from './equalTraces.ts';
import { ModelGraph, type ModelGraphOptions, type Program } from './modelGraph.ts';
import { type HostTensor, Session, type SessionConfig } from './native.ts';
import type { Ref } from './nodes.ts';
import type { Prepared } from './preparation.ts';

/** One operation at a time, with all threads: as fast as several at once, with less memory. */
const oneByOne: SessionConfig = { interOpThreads: 1 };
/** Values prepared in one call: few, since their weights lie twice in memory meanwhile. */
const preparedTogether = 8;

export class ModelSession {
  readonly #graph: ModelGraph;
  readonly #session: Session;
  readonly #programs = new Map<string, Program>();
  /** The values that are up to date, for these values of the weights. */
  readonly #ready = new Set<Prepared>();
  #weightIds: readonly object[] = [];
  /** Calls under way: a session must not be freed before they are over. */
  #calls = 0;
  #isClosed = false;

  /** For inputs of a first shape, which is traced twice: what differs would be frozen. Throws a `CannotCompile`. */
  constructor(
    model: tf.LayersModel,
    shape: readonly number[],
    options: ModelGraphOptions & { readonly session?: SessionConfig },
  ) {
    this.#graph = new ModelGraph(model, options);
    const { trace, program } = this.#graph.trace(shape);
    assertEqualTraces(new ModelGraph(model, options).trace(shape).trace, trace);
    this.#session = new Session(this.#graph.graph, options.session ?? oneByOne);
    this.#programs.set(shape.join('x'), program);
  }

  /** The output for inputs of this shape, which is traced where it is new. Throws a `CannotCompile`. */
  async predict(inputs: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const { input, output } = this.#programOf(shape);
    this.#calls++;
    try {
      await this.#prepare();
      const [{ data }] = await this.#session.run({ [input]: { shape, data: inputs } }, [output]);
      return data as Float32Array;
    } finally {
      this.#calls--;
      this.#freeIfOver();
    }
  }

  /** Frees the session, after the calls under way. */
  close(): void {
    this.#isClosed = true;
    this.#freeIfOver();
  }

  #programOf(shape: readonly number[]): Program {
    const key = shape.join('x');
    const program = this.#programs.get(key) ?? this.#graph.trace(shape).program;
    this.#programs.set(key, program);
    return program;
  }

  /** Computes the prepared values that are missing, all of them after a change of the weights. */
  async #prepare(): Promise<void> {
    const ids = this.#graph.variables.map((v) => v.dataId);
    if (ids.some((id, i) => id !== this.#weightIds[i])) this.#ready.clear();
    this.#weightIds = ids;
    const missing = [...this.#graph.preparation.values.values()].filter((value) => !this.#ready.has(value));
    for (let from = 0; from < missing.length; from += preparedTogether)
      await this.#compute(missing.slice(from, from + preparedTogether));
  }

  async #compute(values: readonly Prepared[]): Promise<void> {
    const needed = new Set(values.flatMap(({ weights }) => [...weights]));
    const feeds = this.#graph.weights.flatMap((ref, i): [Ref, HostTensor][] => {
      const v = this.#graph.variables[i];
      return needed.has(ref) ? [[ref, { shape: v.shape, data: v.dataSync<'float32'>() as Float32Array }]] : [];
    });
    const targets = values.map(({ target }) => target);
    await this.#session.run(Object.fromEntries(feeds), [], targets);
    for (const value of values) this.#ready.add(value);
  }

  #freeIfOver(): void {
    if (this.#isClosed && this.#calls === 0) this.#session.close();
  }
}
