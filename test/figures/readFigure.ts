/** Parts of a figure's Plotly specification, for tests, and a slice with its masks. */
import type { Figure } from '../../lib/figures/figure.ts';

export type Loose = Record<string, any>;
export const traces = (figure: Figure): Loose[] => figure.data as Loose[];
export const named = (figure: Figure, name: string): Loose[] => traces(figure).filter((t) => t.name === name);
export const texts = (figure: Figure): string[] =>
  ((figure.layout.annotations ?? []) as Loose[]).map((a) => a.text as string);
export const images = (figure: Figure): Loose[] => (figure.layout.images ?? []) as Loose[];

export const slice = {
  values: Float32Array.from({ length: 48 }, (_, i) => i * 5 - 60),
  height: 6,
  width: 8,
  spacingMm: [1.5, 0.5] as const,
  range: [-100, 200] as const,
};
/** Row 2, columns 1 to 5. */
export const label = Uint8Array.from({ length: 48 }, (_, i) => Number(i > 16 && i < 22));
/** Row 2, columns 3 to 7. */
export const prediction = Uint8Array.from({ length: 48 }, (_, i) => Number(i > 18 && i < 24));
