/**
 * A model's prediction as one TensorFlow graph: what follows from the weights alone (batch norm folded into the
 * convolutions, kernels transformed) is computed once and kept in a session, the rest runs without a word of
 * JavaScript on another thread.
 *
 * Any model with one input and one output whose operations can be traced is compiled; where that is impossible,
 * `predict` calls the model itself. A graph is traced at the first inputs of a shape; graphs of several shapes share
 * the prepared weights. Weights that have changed since are noticed, and prepared again.
 */
import { tf } from '../engine.ts';
import { CannotCompile, expected } from '../errors.ts';
import { engineSettings } from '../settings.ts';
import type { ModelGraphOptions } from './modelGraph.ts';
import { ModelSession } from './modelSession.ts';
import { type SessionConfig, whyNoGraphs } from './native.ts';

/** What `compileModel` can be asked for beyond the model as it is. */
export interface CompileModelOptions extends ModelGraphOptions {
  readonly session?: SessionConfig;
}

/**
 * A model whose prediction is one TensorFlow graph, or, where it could not be compiled (`reason`), runs operation by
 * operation.
 */
export interface CompiledModel {
  /** Why the model is not compiled; undefined where it is, and before the first call. */
  readonly reason: string | undefined;
  /** The output for inputs of this shape (batch first). While a graph computes, the event loop is free. */
  predict(inputs: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  /** Frees the session, after the calls under way. The model stays as it is. */
  close(): void;
}

/** The prediction of `model` operation by operation, for `reason`. */
export function eagerModel(
  model: tf.LayersModel,
  { finish = (output) => output }: Pick<CompileModelOptions, 'finish'> = {},
  reason = 'not asked for',
): CompiledModel {
  return {
    reason,
    async predict(inputs, shape) {
      const result = tf.tidy(() => finish(model.predict(tf.tensor(inputs, [...shape])) as tf.Tensor));
      try {
        return (await result.data<'float32'>()) as Float32Array;
      } finally {
        result.dispose();
      }
    },
    close: () => {},
  };
}

/** Why a model of this form or with these settings is not compiled. */
function whyNot(model: tf.LayersModel): string | undefined {
  if (!engineSettings.isCompiling) return 'AXUNET_COMPILE=off';
  if (model.inputs.length !== 1 || model.outputs.length !== 1) return 'the model has several inputs or outputs';
  return whyNoGraphs();
}

/** The prediction of `model`, compiled at the first call for each shape of inputs. */
export function compileModel(model: tf.LayersModel, options: CompileModelOptions = {}): CompiledModel {
  let reason = whyNot(model);
  let session: ModelSession | undefined;
  let isClosed = false;
  return {
    get reason() {
      return reason;
    },
    async predict(inputs, shape) {
      if (isClosed) throw expected('an open network', 'a closed one');
      if (reason === undefined) {
        try {
          session ??= new ModelSession(model, shape, options);
          return await session.predict(inputs, shape);
        } catch (error) {
          if (!(error instanceof CannotCompile)) throw error;
          reason = error.message;
        }
      }
      return eagerModel(model, options).predict(inputs, shape);
    },
    close() {
      isClosed = true;
      session?.close();
    },
  };
}
