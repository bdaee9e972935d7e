/**
 * What travels with a network to other programs, as names and texts: without its grid and window the numbers that it
 * wants could not be made.
 */
import { findDataset } from '../dataset/registry.ts';
import type { Grid } from '../preprocess/grid.ts';
import { paperWindowHu, softTissueWindowHu, type WindowHu } from '../preprocess/window.ts';
import type { CheckpointMeta } from '../train/run.ts';

/** Texts by name; those of grid, window, classes and patients are JSON. */
export type About = Readonly<Record<string, string>>;

const volumeSteps = (grid: Grid, window: WindowHu): string =>
  '1. Turn the volume, in HU, into the axis order L, P, S (x to the left, y to posterior, z to superior). ' +
  `2. Clip to ${window.join(' to ')} HU and map to 0 to 1. 3. Slice z has the channels z-1, z, z+1; the edge slice is ` +
  `repeated at the ends. ${gridStep(grid)} 5. The logits' softmax; 1 minus class 0 is the probability of the ` +
  'foreground. 6. Bilinear back onto the pixels of the slice, 0 outside the window; foreground from 0.5 on; turn back.';

const pictureSteps = (grid: Grid): string =>
  '1. Turn the picture so that row 0 is anterior. 2. Grey values divided by 255, on all channels. ' +
  `3. Nothing. ${gridStep(grid)} 5. The logits' softmax; 1 minus class 0 is the probability of the foreground. ` +
  '6. Bilinear back onto the pixels of the picture, 0 outside the window; foreground from 0.5 on.';

const gridStep = ({ unit }: Grid): string =>
  `4. Bilinear onto the grid: a window of \`extent\` ${unit} (height, width), cut into \`size\` pixels, whose centre ` +
  `lies \`centre\` ${unit} (y, x) from that of the slice. Up to half a pixel outside the slice its edge is repeated, ` +
  'further out there is 0.';

/** The classes by number, as far as they have names. */
const classNames = (count: number): string[] =>
  count === 2
    ? ['background', 'pancreas']
    : ['background', ...Array.from({ length: count - 1 }, (_, i) => `class ${i + 1}`)];

/** What is to be known of a trained network, from what its checkpoint says. */
export function aboutNetwork({ description, position }: CheckpointMeta): About {
  const { axunet, model, grid, data, config, patients } = description;
  const isVolume = data.unit === 'mm';
  const window = data.windowHu ?? (data.mode === 'paper' ? paperWindowHu : softTissueWindowHu);
  const best = position.best;
  const wasTrainedHere = patients.training.length > 0; // not imported
  return {
    'axunet.version': axunet,
    'axunet.network': `${model.variant}, width ${model.width}, rates ${model.asppRates.join(', ')}`,
    'axunet.grid': JSON.stringify(grid),
    ...(isVolume && { 'axunet.window_hu': JSON.stringify(window) }),
    'axunet.classes': JSON.stringify(classNames(model.classes)),
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
    'axunet.preprocessing': isVolume ? volumeSteps(grid, window) : pictureSteps(grid),
    'axunet.use': 'not a medical device',
  };
}
