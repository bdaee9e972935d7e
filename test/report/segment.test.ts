import { expect, it } from 'vitest';
import { openEnsemble } from '../../lib/predict/ensemble.ts';
import { predictWith } from '../../lib/predict/volume.ts';
import { nativeGrid } from '../../lib/preprocess/grid.ts';
import { segmentImage } from '../../lib/report/segment.ts';
import { toCanonical } from '../../lib/volume/orientation.ts';
import { obliqueVolume, thresholdModel } from '../predict/fake.ts';

const grid = nativeGrid(7, 13);
/** Networks that take all above so many HU for pancreas. */
const networks = async (...levels: number[]) =>
  Promise.all(
    levels.map(async (hu) => ({
      model: await thresholdModel(grid.size, 1, (hu + 160) / 400),
      grid,
      windowHu: [-160, 240] as const,
      sha256: `weights ${hu}`,
    })),
  );

it('makes the mask of axunet predict, and says what the single networks make', async () => {
  const volume = obliqueVolume();
  const runs = await networks(0.5, 60.5, 100.5);
  const told = await segmentImage(runs, volume, 'a.nii', {});
  const { members } = openEnsemble(runs, {});
  const { mask } = await predictWith(members, volume);
  for (const { network } of members) network.close();
  expect(told.mask).toEqual(toCanonical(mask));
  const above = (hu: number): number => volume.data.filter((v) => v > hu).length * 0.0022;
  // Two of three networks say yes from 60 HU on; they are in the order of their weights' names.
  told.certainty.members!.volumesMl.forEach((ml, i) => expect(ml).toBeCloseTo(above([0, 100, 60][i]!), 6));
  const dice = (a: number, b: number): number => (2 * above(Math.max(a, b))) / (above(a) + above(b));
  const { foreground } = told.certainty.members!;
  expect(foreground.lowestDice).toBeCloseTo(dice(0, 100), 9);
  expect(foreground.meanDice).toBeCloseTo((dice(0, 100) + dice(0, 60) + dice(60, 100)) / 3, 9);
  expect(told.entropy.shape).toEqual(told.mask.shape);
});

it('is certain of what one network of large logits says, and cleans the mask where asked', async () => {
  const volume = obliqueVolume();
  const [run] = await networks(60.5);
  const told = await segmentImage([run!], volume, 'a.nii', { postprocessing: { keep: { minimumMl: 1e6 } } });
  expect(told.certainty).toMatchObject({ meanEntropyBits: null, mostEntropyBits: 1 });
  expect(told.certainty.members).toBeUndefined();
  expect(told.mask.data.some((v) => v > 0)).toBe(false);
  expect(told.certainty.volumeMlFrom['0.5']).toBeCloseTo(volume.data.filter((v) => v > 60).length * 0.0022, 6);
});

it('refuses a network of pictures without a window', async () => {
  const [run] = await networks(60.5);
  await expect(segmentImage([{ ...run!, isOfPictures: true }], obliqueVolume(), 'a.nii', {})).rejects.toThrow(
    'or --window with the HU that are black and white, found a volume in a.nii',
  );
});
