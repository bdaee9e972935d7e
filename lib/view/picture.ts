/** The three planes of a scene as a figure, for readers who see no scripts. */
import type { Figure } from '../figures/figure.ts';
import { type Panel, panelGrid } from '../figures/panels.ts';
import type { SliceImage } from '../figures/slicePicture.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import { axial, coronal, cutPlane, type Plane, sagittal } from '../volume/plane.ts';
import type { Scene } from './scene.ts';

function panelOf({ image, masks, at }: Scene, plane: Plane): Panel {
  const { name, across, down, through, edges } = plane;
  const slice: SliceImage = {
    values: cutPlane(image, plane, at[through]),
    width: image.shape[across],
    height: image.shape[down],
    spacingMm: [image.spacingMm[down], image.spacingMm[across]],
    range: softTissueWindowHu,
  };
  const lines = masks.flatMap(({ volume, classes, dotted }) => {
    const mask = cutPlane(volume, plane, at[through]);
    return classes.map((one) => ({ ...one, mask, dash: dotted ? ('dot' as const) : ('solid' as const) }));
  });
  return { slice, masks: lines, title: `${name}, slice ${at[through]}`, edges };
}

/** Axial, coronal and sagittal through the voxel where a scene begins, with the outlines of its masks. */
export const scenePicture = (scene: Scene): Figure =>
  panelGrid([[axial, coronal, sagittal].map((plane) => panelOf(scene, plane))], { title: scene.name });
