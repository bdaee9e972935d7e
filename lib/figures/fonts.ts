/** The font that comes with the project, so that every machine draws the same picture. */
import { packageFile } from '#system/packages';
import path from '#system/path';

export const fontName = 'DejaVu Sans';

/** Its files: regular, bold and oblique. */
export function fontFiles(): string[] {
  const manifest = packageFile('dejavu-fonts-ttf/package.json');
  const folder = path.join(path.dirname(manifest), 'ttf');
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'].map((file) => path.join(folder, file));
}
