/** Numbers as colours, for pictures of losses and gradients. */

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

/**
 * White at 0, blue below, vermillion above, full colour at ±limit; the root of the share keeps small values visible.
 */
export const divergingRgba = (values: ArrayLike<number>, limit: number): Uint8ClampedArray =>
  paint(values, (value) =>
    mix(white, value < 0 ? blue : vermillion, limit > 0 ? Math.sqrt(Math.min(1, Math.abs(value) / limit)) : 0),
  );

/** White at 0 and below, darker towards `most`. */
export function sequentialRgba(values: ArrayLike<number>, most: number): Uint8ClampedArray {
  const last = heat.length - 1;
  return paint(values, (value) => {
    const place = most > 0 ? Math.max(0, Math.min(1, value / most)) * last : 0;
    const below = Math.min(last - 1, Math.floor(place));
    return mix(heat[below]!, heat[below + 1]!, place - below);
  });
}

/** The largest size of a value, 0 for none. */
export const largestOf = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};
