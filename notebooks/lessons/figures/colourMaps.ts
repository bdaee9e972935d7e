/** Numbers as colours, for pictures of losses and gradients, and the scales that say which is which. */
import type { ColourBar } from 'axunet/figures/panels';

type Rgb = readonly [number, number, number];

const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map((i) => a[i]! + (b[i]! - a[i]!) * share) as unknown as Rgb;

const white: Rgb = [255, 255, 255];
const blue: Rgb = [0, 114, 178];
const vermillion: Rgb = [213, 94, 0];
/** From light to dark, told apart in grey too. */
const heat: readonly Rgb[] = [white, [253, 219, 153], [230, 159, 0], [213, 94, 0], [110, 20, 40], [40, 0, 30]];

function paint(values: ArrayLike<number>, colourOf: (value: number) => Rgb): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) rgba.set([...colourOf(values[i]!), 255], 4 * i);
  return rgba;
}

const divergingColour = (share: number): Rgb =>
  mix(white, share < 0 ? blue : vermillion, Math.sqrt(Math.min(1, Math.abs(share))));

/**
 * White at 0, blue below, vermillion above, full colour at ±limit; the root of the share keeps small values visible.
 */
export const divergingRgba = (values: ArrayLike<number>, limit: number): Uint8ClampedArray =>
  paint(values, (value) => divergingColour(limit > 0 ? value / limit : 0));

/** White at 0 and below, darker towards `most`. */
export function sequentialRgba(values: ArrayLike<number>, most: number): Uint8ClampedArray {
  const last = heat.length - 1;
  return paint(values, (value) => {
    const place = most > 0 ? Math.max(0, Math.min(1, value / most)) * last : 0;
    const below = Math.min(last - 1, Math.floor(place));
    return mix(heat[below]!, heat[below + 1]!, place - below);
  });
}

const css = (colour: Rgb): string => `rgb(${colour.map(Math.round).join(',')})`;

/** The scale of `sequentialRgba`, in shares of the largest value. */
export const sequentialBar = (title: string): ColourBar => ({
  title,
  scale: heat.map((colour, i) => [i / (heat.length - 1), css(colour)] as const),
  ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${share}`] as const),
});

/** The scale of `divergingRgba`, in shares of the largest size; not even, for the root that it takes. */
export const divergingBar = (title: string): ColourBar => ({
  title,
  scale: Array.from({ length: 41 }, (_, i) => [i / 40, css(divergingColour(i / 20 - 1))] as const),
  ticks: [-1, -0.5, 0, 0.5, 1].map((share) => [(share + 1) / 2, `${share}`.replace('-', '−')] as const),
});

/** The largest size of a value, 0 for none. */
export const largestOf = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};
