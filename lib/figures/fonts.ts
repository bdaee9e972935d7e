/** The font that comes with the project, so that every machine draws the same picture. */
import { createRequire } from 'node:module';
import path from 'node:path';

export const fontName = 'DejaVu Sans';

/** Its files: regular, bold and oblique. */
export function fontFiles(): string[] {
  const manifest = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json');
  const folder = path.join(path.dirname(manifest), 'ttf');
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'].map((file) => path.join(folder, file));
}
