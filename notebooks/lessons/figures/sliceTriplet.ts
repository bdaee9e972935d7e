import type { Figure } from 'axunet/figures/figure';
import { type Panel, panelGrid } from 'axunet/figures/panels';
import { type SliceImage, slicesToRgba } from 'axunet/figures/slicePicture';
import { colours, emptyFigure } from 'axunet/figures/theme';

/**
 * The three channels of a 2.5-D input: slices z-1, z and z+1, and all three as red, green and blue, where grey means
 * that nothing changes from slice to slice. `channels` is (3, height, width), `label` belongs to the middle slice.
 */
export function sliceTriplet(
  channels: Float32Array,
  options: Omit<SliceImage, 'values'> & { z: number; label?: ArrayLike<number>; title?: string },
): Figure {
  const { height, width, z, label } = options;
  const title = options.title ?? 'One input of the network: a slice with its neighbours as three channels';
  const size = height * width;
  if (channels.length === 0) return emptyFigure(title, 'There is no slice to show.');
  const slices = [0, 1, 2].map(
    (c): SliceImage => ({
      height,
      width,
      spacingMm: options.spacingMm,
      range: options.range,
      values: channels.subarray(c * size, (c + 1) * size),
    }),
  );
  const masks = label ? [{ mask: label, name: 'Label', colour: colours.label }] : [];
  const panels = slices.map(
    (slice, c): Panel => ({ slice, title: `Channel ${c}: z = ${z + c - 1}`, masks: c === 1 ? masks : [] }),
  );
  const rgba = slicesToRgba(slices[0]!, slices[1]!, slices[2]!);
  return panelGrid([[...panels, { slice: slices[1]!, rgba, title: 'All, as red, green, blue' }]], {
    title,
    panelWidth: 215,
  });
}
