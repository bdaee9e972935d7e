/**
 * What travels with a network to other programs, as names and texts: without its grid and window the numbers that it
 * wants could not be made.
 */
import { numberedClasses } from '../dataset/classes.ts';
import { findDataset } from '../dataset/registry.ts';
import type { Grid } from '../preprocess/grid.ts';
import type { WindowHu } from '../preprocess/window.ts';
import type { CheckpointMeta } from '../train/description.ts';

/** Texts by name; those of grid, window, classes and patients are JSON. */
export type About = Readonly<Record<string, string>>;

/** What was trained, and the HU that it sees as 0 and as 1. */
export interface KnownNetwork extends CheckpointMeta {
  readonly windowHu: WindowHu;
}

/** From a volume or a picture to a mask, in words. */
function stepsOf({ unit }: Grid, window: WindowHu | undefined, classes: number): string {
  const what = window ? 'slice' : 'picture';
  const toImages = window
    ? [
        'Turn the volume, in HU, into the axis order L, P, S: x to the left, y to posterior, z to superior.',
        `Clip to ${window.join(' to ')} HU and map that to 0 to 1.`,
        'Slice z has the channels z-1, z, z+1; at the ends the edge slice is repeated.',
      ]
    : ['Turn the picture so that row 0 is anterior.', 'Divide grey values by 255, and put them on all channels.'];
  const steps = [
    ...toImages,
    `Read it bilinearly on the grid: a window of \`extent\` ${unit} (height, width), cut into \`size\` pixels, ` +
      `whose centre lies \`centre\` ${unit} (y, x) from that of the ${what}. ` +
      `Up to half a pixel outside the ${what} its edge is repeated, further out there is 0.`,
    ...(classes === 2
      ? [
          "The logits' softmax: 1 minus that of class 0 is the probability of the foreground.",
          `Read that bilinearly on the pixels of the ${what}, 0 outside the window. From 0.5 on it is foreground.`,
        ]
      : [
          "The logits' softmax has the probability of each class.",
          `Read those of the classes from 1 on bilinearly on the pixels of the ${what}, 0 outside the window; ` +
            'class 0 has what they leave. The likeliest class is taken, the highest of equals.',
        ]),
    ...(window ? ['Turn back.'] : []),
  ];
  return steps.map((step, i) => `${i + 1}. ${step}`).join(' ');
}

/** The classes by number, as far as they have names. */
function classNames({ model, data }: CheckpointMeta['description']): string[] {
  const unnamed = model.classes === 2 ? [{ name: 'pancreas' }] : numberedClasses(model.classes - 1);
  return ['background', ...(data.classes ?? unnamed).map(({ name }) => name)];
}

/** What is to be known of a trained network, from what its checkpoint says. */
export function aboutNetwork({ description, position, windowHu }: KnownNetwork): About {
  const { axunet, model, grid, data, config, patients } = description;
  const window = data.unit === 'mm' ? windowHu : undefined; // pictures have no HU
  const best = position.best;
  const wasTrainedHere = patients.training.length > 0; // not imported
  return {
    'axunet.version': axunet,
    'axunet.network': `${model.variant}, width ${model.width}, rates ${model.asppRates.join(', ')}`,
    'axunet.grid': JSON.stringify(grid),
    ...(window && { 'axunet.window_hu': JSON.stringify(window) }),
    'axunet.classes': JSON.stringify(classNames(description)),
    ...(data.classes && { 'axunet.label_values': JSON.stringify([0, ...data.classes.map(({ values }) => values[0])]) }),
    'axunet.dataset': data.dataset,
    'axunet.licence': findDataset(data.dataset)?.licence ?? 'unknown: ask whoever trained it',
    'axunet.dice': best ? `${best.dice}` : 'unknown',
    ...(best && { 'axunet.epoch': `${best.epoch}` }),
    ...(wasTrainedHere && {
      'axunet.loss': config.loss,
      'axunet.patients': JSON.stringify({
        training: patients.training.length,
        validation: patients.validation.length,
      }),
    }),
    'axunet.preprocessing': stepsOf(grid, window, model.classes),
    'axunet.use': 'not a medical device',
  };
}
