/**
 * A U-Net of one level from the network's own layers, for tests of training steps: compiling it takes a tenth of the
 * whole network's time.
 */
import { tf } from '../../lib/engine/engine.ts';
import { Convolution, DoubleConvolution, Join, MaxPool, UpConvolution } from '../../lib/model/blocks.ts';
import { initialiseWeights } from '../../lib/model/initialise.ts';

type Node = tf.SymbolicTensor;
const through = (layer: tf.layers.Layer, ...inputs: Node[]): Node =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as Node;

/**
 * Images [n, 32, 32, 3] to logits [n, 32, 32, 2]; the first weight is c1/conv1/kernel [3, 3, 3, width], one block is
 * separable.
 */
export function smallNetwork(width = 4): tf.LayersModel {
  const image = tf.input({ name: 'image', shape: [32, 32, 3] });
  const c1 = through(new DoubleConvolution({ name: 'c1', filters: width, separable: false }), image);
  const c2 = through(
    new DoubleConvolution({ name: 'c2', filters: 4 * width, separable: true }),
    through(new MaxPool({ name: 'p1' }), c1),
  );
  const up = through(new UpConvolution({ name: 'up3', filters: width }), c2);
  const c3 = through(
    new DoubleConvolution({ name: 'c3', filters: width, separable: true }),
    through(new Join({ name: 'skip3' }), up, c1),
  );
  const model = tf.model({
    inputs: image,
    outputs: through(new Convolution({ name: 'out', filters: 2, kernelSize: 1 }), c3),
  });
  initialiseWeights(model, 1);
  return model;
}
