import { describe, expect, it } from 'vitest';
import { profiles } from '../../lib/settings.ts';
import { describeConfig, parseChanges, referenceConfig, trainConfig } from '../../lib/train/config.ts';
import { presetConfig } from '../../lib/train/presets.ts';

describe('a training configuration', () => {
  it('is the reference run by default: RMSProp 5e-4, rho 0.9, momentum 0.3, eps 1e-7, batches of 5, 30 epochs', () => {
    expect(trainConfig()).toMatchObject({
      variant: 'residual',
      width: 64,
      optimizer: { name: 'rmsprop', rho: 0.9, momentum: 0.3, epsilon: 1e-7 },
      learningRate: 5e-4,
      batchSize: 5,
      epochs: 30,
      minutes: null,
      loss: 'ce-dice',
      schedule: { kind: 'constant' },
    });
  });

  it('is frozen, and equal after a trip through JSON', () => {
    const config = trainConfig({ width: 8 });
    expect(() => {
      (config as { width: number }).width = 9;
    }).toThrow(TypeError);
    expect(() => {
      (config.schedule as { warmUp: number }).warmUp = 9;
    }).toThrow(TypeError);
    expect(trainConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('takes parts of optimizer and schedule; another optimizer starts from its own defaults', () => {
    expect(trainConfig({ optimizer: { momentum: 0 } }).optimizer).toEqual({
      name: 'rmsprop',
      rho: 0.9,
      momentum: 0,
      epsilon: 1e-7,
    });
    expect(trainConfig({ optimizer: { name: 'adam', weightDecay: 0.05 } }).optimizer).toEqual({
      name: 'adam',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.05,
    });
    expect(trainConfig({ schedule: { kind: 'poly' } }).schedule).toEqual({ ...referenceConfig.schedule, kind: 'poly' });
  });

  it('ends after epochs or after minutes, whichever was asked for last', () => {
    expect(trainConfig({ minutes: 5 })).toMatchObject({ minutes: 5, epochs: null });
    expect(trainConfig({ epochs: 5 }, trainConfig({ minutes: 5 }))).toMatchObject({ minutes: null, epochs: 5 });
    expect(() => trainConfig({ minutes: 5, epochs: 5 })).toThrow('Expected either epochs or minutes, found both');
    expect(() => trainConfig({ minutes: null, epochs: null })).toThrow('found neither');
  });

  it.each([
    [{ seed: 1e99 }, /^Expected seed to be a whole number of at most 16 digits, found 1e\+99$/],
    [{ widht: 8 }, /^Expected a training option of seed, variant, width, .*, found "widht"$/],
    [{ width: 0 }, 'Expected width to be a positive whole number, found 0'],
    [{ width: '8' }, 'Expected width to be a positive whole number, found "8"'],
    [
      { gridSize: [100, 96] },
      'Expected gridSize to be "native" or 2 positive whole numbers, multiples of 16, found [100,96]',
    ],
    [
      { variant: 'resnet' },
      'Expected variant to be one of residual, plain, grouped, unet, unet-aspp, unet-sep, found "resnet"',
    ],
    [{ emaDecay: 1 }, 'Expected emaDecay to be a number from 0 to below 1 or null, found 1'],
    [{ learningRate: NaN }, 'Expected learningRate to be a positive number, found NaN'],
    [
      { optimizer: { name: 'adam', rho: 0.9 } },
      'Expected a training option of optimizer.name, optimizer.beta1, optimizer.beta2, optimizer.epsilon, ' +
        'optimizer.weightDecay, found "optimizer.rho"',
    ],
    [{ optimizer: null }, 'Expected optimizer to be an object of options, found null'],
    [{ schedule: 5 }, 'Expected schedule to be an object of options, found 5'],
    [{ optimizer: { name: 'lion' } }, 'Expected optimizer.name to be one of rmsprop, adam, sgd, found "lion"'],
    [
      { schedule: { warmup: 0.1 } },
      'Expected a training option of schedule.kind, schedule.warmUp, schedule.floor, schedule.power, ' +
        'found "schedule.warmup"',
    ],
    [{ augment: 'toString' }, 'Expected augment to be one of none, light, default, strong, found "toString"'],
  ])('%j is refused', (changes, sentence) => expect(() => trainConfig(changes as object)).toThrow(sentence));

  it('reads assignments from the command line', () => {
    expect(
      parseChanges([
        'width=16',
        'variant=unet',
        'optimizer.name=adam',
        'optimizer.weightDecay=0.05',
        'gridSize=[64,96]',
        'clipNorm=null',
      ]),
    ).toEqual({
      width: 16,
      variant: 'unet',
      optimizer: { name: 'adam', weightDecay: 0.05 },
      gridSize: [64, 96],
      clipNorm: null,
    });
    expect(() => parseChanges(['width 16'])).toThrow('Expected an assignment such as width=16, found "width 16"');
  });

  it('is printed one option a line', () => {
    const text = describeConfig(trainConfig());
    expect(text.split('\n')).toHaveLength(Object.keys(referenceConfig).length);
    expect(text).toContain('  optimizer          name rmsprop, rho 0.9, momentum 0.3, epsilon 1e-7');
  });
});

describe('presets', () => {
  it.each(
    profiles.flatMap((profile) => ['phantom', 'nih-2d', 'msd-task07'].map((dataset) => [profile, dataset] as const)),
  )('%s for %s is a valid configuration', (profile, dataset) => {
    expect(trainConfig(JSON.parse(JSON.stringify(presetConfig(profile, dataset))))).toEqual(
      presetConfig(profile, dataset),
    );
  });

  it('paper is the reference run for every data set', () =>
    expect(presetConfig('paper', 'nih-2d')).toEqual(referenceConfig));

  it('study on nih-2d is the recipe that was found on real slices', () => {
    expect(presetConfig('study', 'nih-2d')).toMatchObject({
      width: 16,
      gridSize: [160, 160],
      learningRate: 2e-3,
      optimizer: { name: 'adam', weightDecay: 0.05 },
      schedule: { kind: 'cosine' },
      batchSize: 4,
      emaDecay: 0.995,
      clipNorm: 5,
      augment: 'default',
      minutes: 14,
    });
  });
});
