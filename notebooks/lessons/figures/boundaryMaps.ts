import type { Figure } from 'axunet/figures/figure';
import { type Panel, panelGrid } from 'axunet/figures/panels';
import { emptyFigure } from 'axunet/figures/theme';
import { divergingBar, divergingRgba, largestOf, sequentialBar, sequentialRgba } from './colourMaps.ts';

/** One map of a mask's boundary, (height, width). */
export interface BoundaryMap {
  readonly title: string;
  readonly values: ArrayLike<number>;
  /** `signed` is drawn in two colours around 0; `amount` from white to dark. */
  readonly kind: 'signed' | 'amount';
}

/**
 * Rows of maps of one mask, such as its edges as they should be and as published. Colours
 * are shares of the largest value of each map. No row gives an empty figure.
 */
export function boundaryMaps(
  size: { readonly height: number; readonly width: number },
  rows: readonly { readonly title: string; readonly maps: readonly BoundaryMap[] }[],
  options: { title?: string; panelWidth?: number } = {},
): Figure {
  const title = options.title ?? 'The edge of a mask and the weights made of it, as meant and as published';
  if (rows.length === 0) return emptyFigure(title, 'There is no mask to show.');
  const panel = ({ title: text, values, kind }: BoundaryMap): Panel => ({
    slice: { values, ...size, spacingMm: [1, 1], range: [0, 1] },
    title: text,
    rgba: (kind === 'signed' ? divergingRgba : sequentialRgba)(values, largestOf(values)),
  });
  return panelGrid(
    rows.map(({ maps }) => maps.map(panel)),
    {
      title,
      rowTitles: rows.map((row) => row.title),
      panelWidth: options.panelWidth ?? 182,
      bars: [divergingBar('Gx and Gy: share<br>of the largest'), sequentialBar('Others: share<br>of the largest')],
    },
  );
}
