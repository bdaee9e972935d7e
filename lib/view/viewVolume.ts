/** A volume to look through in a notebook's cell. */
import { showBundle, showFigure } from '../figures/show.ts';
import type { Volume } from '../volume/volume.ts';
import { scenePicture } from './picture.ts';
import { sceneOf, type ViewOptions } from './scene.ts';
import { viewPage } from './viewPage.ts';

/** Room for the planes, the controls and the notes. */
const heightPx = 680;

/** A page inside of an attribute, where nothing of it reaches the notebook around: it may run scripts, no more. */
export const frameOf = (page: string): string =>
  `<iframe sandbox="allow-scripts" title="Viewer" width="100%" height="${heightPx}" frameborder="0" ` +
  `srcdoc="${page.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`;

/** Marks an output that is for whoever sits at the kernel; scripts/nbrun.ts does not keep it in a file. */
const liveOutput = { axunet: 'live' } as const;

/**
 * Shows a CT volume in HU in the running cell, with the outlines of `mask` (the expert's label) and `prediction`: three
 * planes with crosshair, windows and the HU under the cursor. Below it the first view as PNG, an output of its own, for
 * where scripts do not run. All are brought into the canonical frame. Outside a notebook two lines are printed. Throws
 * a UserError for a mask on another grid, and for NaN in the volume.
 */
export async function viewVolume(image: Volume, options: ViewOptions = {}): Promise<void> {
  const scene = sceneOf(image, options);
  showBundle({ 'text/html': frameOf(viewPage(scene)), 'text/plain': `Viewer: ${scene.name}` }, liveOutput);
  await showFigure(scenePicture(scene));
}
