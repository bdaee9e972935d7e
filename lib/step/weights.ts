/** The weights of a model by name: as arrays, and back. */
import { tf } from 'axunet-engine/engine';
import { expected } from '../errors.ts';
import type { NamedArrays } from './step.ts';

/** The variable inside a layer's weight. */
export const variableOf = (weight: tf.LayerVariable): tf.Variable => (weight as unknown as { val: tf.Variable }).val;

/** Weight names without the suffix that tfjs adds when a process builds two networks: `c1/conv1/kernel`. */
export const weightName = (weight: tf.LayerVariable): string => weight.originalName;

/** A stored array. Throws, naming it, where it is missing or has another shape than `shape`. */
export function storedArray(arrays: NamedArrays, name: string, shape: readonly number[]): Float32Array {
  const found = arrays[name];
  if (found?.shape.join() !== shape.join())
    throw expected(`${name} of shape [${shape}] in the checkpoint`, found ? `shape [${found.shape}]` : 'none');
  const size = tf.util.sizeFromShape([...shape]);
  if (found.data.length !== size)
    throw expected(`${size} numbers of ${name} in the checkpoint`, `${found.data.length}`);
  return found.data;
}

/** A copy of a tensor's values. */
export const copyOf = async (tensor: tf.Tensor): Promise<Float32Array> =>
  ((await tensor.data<'float32'>()) as Float32Array).slice();

/** Copies of all weights of a model. */
export async function readWeights(model: tf.LayersModel): Promise<NamedArrays> {
  const arrays: NamedArrays = {};
  for (const weight of model.weights)
    arrays[weightName(weight)] = { shape: weight.shape as number[], data: await copyOf(weight.read()) };
  return arrays;
}

const putWeight = (weight: tf.LayerVariable, data: Float32Array): void =>
  tf.tidy(() => {
    weight.write(tf.tensor(data, weight.shape as number[]));
  });

/** Puts stored weights into a model of the same shape. Throws naming the first that is missing or has another shape. */
export function writeWeights(model: tf.LayersModel, arrays: NamedArrays): void {
  const found = model.weights.map((weight) => storedArray(arrays, weightName(weight), weight.shape as number[]));
  model.weights.forEach((weight, i) => putWeight(weight, found[i]));
}

/**
 * Puts those stored weights into a model that it has by the same name and shape; the others stay as they are. Returns
 * the names of the model's weights that stayed.
 */
export function writeFittingWeights(model: tf.LayersModel, arrays: NamedArrays): string[] {
  const fits = (weight: tf.LayerVariable): boolean => arrays[weightName(weight)]?.shape.join() === weight.shape.join();
  for (const weight of model.weights) if (fits(weight)) putWeight(weight, arrays[weightName(weight)]!.data);
  return model.weights.flatMap((weight) => (fits(weight) ? [] : [weightName(weight)]));
}
