/**
 * The variables of a compiled step in its session, and their ways to the model and to a checkpoint. The model's own
 * weights are a copy, which can be let go while the session trains and is renewed where somebody needs it.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { tf } from 'axunet-engine/engine';
import { clearVariables, getVariables, type JoinedVariable, setVariables } from 'axunet-engine/graph/joinedVariable';
import type { Session } from 'axunet-engine/graph/native';
import type { NamedArrays } from './step.ts';
import type { WeightGroup } from './stepVariables.ts';
import { storedArray, variableOf, weightName } from './weights.ts';

/** Frees arrays that nobody needs now. By itself JavaScript waits for long, because it does not see their size. */
function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
}

export class SessionVariables {
  readonly #session: Session;
  readonly #model: tf.LayersModel;
  readonly #weights: readonly JoinedVariable[];
  readonly #slots: readonly JoinedVariable[];
  readonly #averages: readonly JoinedVariable[];
  readonly #sums: readonly JoinedVariable[];
  #isMirrored = true;

  constructor(session: Session, model: tf.LayersModel, groups: readonly WeightGroup[]) {
    this.#session = session;
    this.#model = model;
    this.#weights = groups.map(({ weight }) => weight);
    this.#slots = groups.flatMap(({ slots }) => slots);
    this.#averages = groups.flatMap(({ average }) => average ?? []);
    this.#sums = groups.flatMap(({ sum }) => sum ?? []);
  }

  /** Whether the model holds its weights. */
  get isMirrored(): boolean {
    return this.#isMirrored;
  }

  /** Sets weights and averages from the model, a few at a time: not all of them should lie in memory twice. */
  async load(): Promise<void> {
    const variables = new Map(this.#model.weights.map((weight) => [weightName(weight), variableOf(weight)]));
    for (let from = 0; from < this.#weights.length; from += 16) {
      const some = [this.#weights, this.#averages].flatMap((all) => all.slice(from, from + 16));
      await setVariables(this.#session, some, ({ key, shape }) => {
        const variable = variables.get(key.slice(key.indexOf('/') + 1))!;
        return { shape, data: variable.dataSync<'float32'>() as Float32Array };
      });
    }
    await clearVariables(this.#session, [...this.#slots, ...this.#sums]);
  }

  /** Copies the weights into the model, or their averages, where the run averages. */
  async mirror(kind: 'weight' | 'average' = 'weight'): Promise<void> {
    const arrays = await getVariables(this.#session, kind === 'weight' ? this.#weights : this.#averages);
    for (const weight of this.#model.weights) {
      const variable = variableOf(weight);
      const { data } = arrays.get(`${kind}/${weightName(weight)}`)!;
      tf.tidy(() => variable.assign(tf.tensor(data as Float32Array, variable.shape)));
    }
    this.#isMirrored = true;
  }

  /** Lets the model's copy of the weights go; to read it before the next `mirror` is an error. */
  release(): void {
    if (!this.#isMirrored) return;
    for (const variable of this.#model.weights.map(variableOf)) {
      const nothing = (): tf.Tensor => tf.engine().makeTensor(new Float32Array(0), variable.shape, 'float32');
      tf.tidy(() => variable.assign(nothing()));
    }
    this.#isMirrored = false;
    if (this.#model.countParams() > 1e6) collectGarbage();
  }

  /** Runs `f` with the averages in the model, or with the weights where the run does not average. */
  async withAverages<T>(f: () => Promise<T>, isClosed: () => boolean): Promise<T> {
    const averages = this.#averages.length > 0;
    await this.mirror(averages ? 'average' : 'weight');
    try {
      return await f();
    } finally {
      if (averages && !isClosed()) await this.mirror();
    }
  }

  /** Of weights, slots and averages. */
  async arrays(): Promise<NamedArrays> {
    const found = await getVariables(this.#session, [...this.#weights, ...this.#slots, ...this.#averages]);
    return Object.fromEntries(
      [...found].map(([key, { shape, data }]) => [key, { shape: [...shape], data: data as Float32Array }]),
    );
  }

  /** Puts `arrays()` back. Throws, before anything is set, where one is missing or has another shape. */
  async set(stored: NamedArrays): Promise<void> {
    const all = [...this.#weights, ...this.#slots, ...this.#averages];
    await setVariables(this.#session, all, ({ key, shape }) => ({ shape, data: storedArray(stored, key, shape) }));
    if (this.#isMirrored) await this.mirror();
  }

  /** Sets the sums of gradients to zero. */
  clearSums(): Promise<void> {
    return clearVariables(this.#session, this.#sums);
  }
}
