import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine, tf } from '../../lib/engine/engine.ts';
import { createAxUnet, modelConfig, type Variant, variants } from '../../lib/model/axunet.ts';

beforeAll(async () => void (await startEngine()));

/** Counts of the reference: all numbers (as Paddle counts, 4 per batch-norm channel) and those that are trained. */
const counts: [variant: Variant, all: number, trainable: number][] = [
  ['residual', 29_761_026, 29_745_154],
  ['plain', 29_588_098, 29_572_226],
  ['grouped', 46_969_218, 46_953_346],
  ['unet', 31_055_362, 31_043_586],
  ['unet-aspp', 40_700_418, 40_684_546],
  ['unet-sep', 19_943_042, 19_931_266],
];
const narrow: [width: number, all: number][] = [
  [4, 120_546],
  [8, 473_026],
  [12, 1_057_442],
  [16, 1_873_794],
  [24, 4_202_306],
  [32, 7_458_562],
];
const trainableCount = (model: tf.LayersModel): number =>
  model.trainableWeights.reduce((sum, w) => sum + (w.shape as number[]).reduce((a, b) => a * b, 1), 0);

describe('parameter counts equal the reference', () => {
  it.each(counts)('%s: %i in all, %i trained', (variant, all, trainable) => {
    const model = createAxUnet({ variant });
    expect([model.countParams(), trainableCount(model)]).toEqual([all, trainable]);
    model.dispose();
  });
  it.each(narrow)('residual at width %i: %i in all', (width, all) => {
    const model = createAxUnet({ width, inputSize: [32, 32] });
    expect(model.countParams()).toBe(all);
    model.dispose();
  });
});

describe('createAxUnet', () => {
  /** Rows of the paper's table: the layer, its output at 512 and its parameters. */
  it('has the rows of the table: outputs and parameters of each named layer', () => {
    const model = createAxUnet();
    const rows: [string, number[], number][] = [
      ['c1', [512, 512, 64], 39_232],
      ['s1', [128, 128, 128], 8_320],
      ['c2', [256, 256, 128], 158_208],
      ['s2', [64, 64, 256], 33_024],
      ['c3', [128, 128, 256], 627_712],
      ['s3', [32, 32, 512], 131_584],
      ['c4', [64, 64, 512], 2_500_608],
      ['c5', [32, 32, 1024], 9_981_952],
      ['aspp0', [32, 32, 256], 263_424],
      ['aspp1', [32, 32, 256], 2_360_576],
      ['aspp3', [32, 32, 256], 2_360_576],
      ['aspp4_pool', [3, 3, 1024], 0],
      ['aspp4_3x3', [3, 3, 256], 263_424],
      ['aspp4', [32, 32, 256], 0],
      ['aspp_project', [32, 32, 256], 328_960],
      ['head_conv', [32, 32, 512], 1_182_208],
      ['head_out', [32, 32, 1024], 525_312],
      ['up6', [64, 64, 512], 2_097_664],
      ['c6', [64, 64, 512], 2_893_824],
      ['up9', [512, 512, 64], 32_832],
      ['c9', [512, 512, 64], 46_336],
      ['c10', [512, 512, 2], 130],
    ];
    for (const [name, shape, parameters] of rows) {
      const layer = model.getLayer(name);
      expect([name, layer.outputShape, layer.countParams()]).toEqual([name, [null, ...shape], parameters]);
    }
    model.dispose();
  });

  it('gives the same weights and logits for the same seed and others for another', () => {
    const logits = (seed: number): number[] => {
      const model = createAxUnet({ width: 4, inputSize: [32, 48] }, seed);
      return tf.tidy(() => Array.from((model.predict(tf.ones([1, 32, 48, 3])) as tf.Tensor).dataSync()));
    };
    const first = logits(1);
    expect(first).toHaveLength(32 * 48 * 2);
    expect(logits(1)).toEqual(first);
    expect(logits(2)).not.toEqual(first);
  });

  it.each(variants)('%s survives saving as JSON and loading with its weights', async (variant) => {
    const model = createAxUnet({ variant, width: 4, inputSize: [32, 32] }, 3);
    const x = tf.randomUniform([1, 32, 32, 3], 0, 1, 'float32', 5);
    const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
      void model.save(
        tf.io.withSaveHandler(async (a) => {
          resolve(a);
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
    });
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  });

  it('in training updates the running statistics by a tenth, in prediction leaves them alone', () => {
    const model = createAxUnet({ width: 4, inputSize: [32, 32] }, 1);
    const variance = (): number[] =>
      Array.from(
        model
          .getLayer('c1')
          .weights.find((w) => w.originalName === 'c1/bn1/variance')!
          .read()
          .dataSync(),
      );
    tf.tidy(() => model.predict(tf.ones([1, 32, 32, 3])));
    expect(variance()).toEqual([1, 1, 1, 1]);
    tf.tidy(() => void model.apply(tf.zeros([1, 32, 32, 3]), { training: true })); // a constant image: batch variance 0
    for (const v of variance()) expect(v).toBeCloseTo(0.9, 6);
  });

  it('refuses sizes that four poolings cannot halve, and unknown variants', () => {
    expect(() => modelConfig({ inputSize: [100, 96] })).toThrow(
      'Expected input height and width divisible by 16, found 100 × 96',
    );
    expect(() => modelConfig({ variant: 'vnet' as Variant })).toThrow('found "vnet"');
    expect(() => modelConfig({ width: 0 })).toThrow('width');
  });
});
