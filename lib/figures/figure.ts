/**
 * A figure is a plain Plotly specification: every figure function of this room takes data and returns one,
 * and the same object goes to Jupyter, to PNG and to SVG.
 */
import type { Data, Layout } from 'plotly.js-dist';

/** A trace of Plotly. */
export type { Data };

/**
 * A Plotly figure with its size in pixels: what all functions of `figures` make and `saveFigure` and `showFigure` take.
 */
export interface Figure {
  readonly data: Data[];
  /** Width and height in CSS pixels are always set, so that every machine draws the same picture. */
  readonly layout: Partial<Layout> & { readonly width: number; readonly height: number };
}

/** True for figures that show slices: their PNG is large and gains nothing from a high resolution. */
export const hasPictures = ({ layout }: Figure): boolean => Boolean(layout.images?.length);

/** The text of the figure's title without markup and subtitle; used as plain-text output and in provenance. */
export function titleOf(figure: Figure): string {
  const { title } = figure.layout;
  const text = typeof title === 'string' ? title : (title?.text ?? '');
  return text
    .replace(/<br><span.*/, '')
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<[^>]+>/g, '');
}
