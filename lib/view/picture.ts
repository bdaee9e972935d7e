/** The three planes of a scene as a figure, for readers who see no scripts. */
import type { Figure } from '../figures/figure.ts';
import { type Panel, panelGrid } from '../figures/panels.ts';
import type { SliceImage } from '../figures/slicePicture.ts';
import { softTissueWindowHu } from '../preprocess/window.ts';
import type { Volume } from '../volume/volume.ts';
import type { Scene } from './scene.ts';

/** Which axes run across and down a plane, and whether the second runs upwards; the letters are at its sides. */
const planes = [
  { name: 'axial', across: 0, down: 1, through: 2, upwards: false, edges: ['R', 'L', 'A', 'P'] },
  { name: 'coronal', across: 0, down: 2, through: 1, upwards: true, edges: ['R', 'L', 'S', 'I'] },
  { name: 'sagittal', across: 1, down: 2, through: 0, upwards: true, edges: ['A', 'P', 'S', 'I'] },
] as const;

type Plane = (typeof planes)[number];

/** The voxels of a canonical volume in the plane through a voxel, row by row as they are seen. */
function cutPlane({ data, shape }: Volume, { across, down, through, upwards }: Plane, at: Scene['at']): Float32Array {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  const [width, height] = [shape[across], shape[down]];
  const out = new Float32Array(width * height);
  for (let r = 0, i = 0; r < height; r++) {
    const row = upwards ? height - 1 - r : r;
    const start = at[through] * strides[through] + row * strides[down];
    for (let c = 0; c < width; c++, i++) out[i] = data[start + c * strides[across]]!;
  }
  return out;
}

function panelOf({ image, masks, at }: Scene, plane: Plane): Panel {
  const { across, down, through } = plane;
  const slice: SliceImage = {
    values: cutPlane(image, plane, at),
    width: image.shape[across],
    height: image.shape[down],
    spacingMm: [image.spacingMm[down], image.spacingMm[across]],
    range: softTissueWindowHu,
  };
  const lines = masks.flatMap(({ volume, classes, dotted }) => {
    const mask = cutPlane(volume, plane, at);
    return classes.map((one) => ({ ...one, mask, dash: dotted ? ('dot' as const) : ('solid' as const) }));
  });
  return {
    slice,
    masks: lines,
    title: `${plane.name}, slice ${at[through]}`,
    edges: plane.edges,
    edgeBacking: 'rgba(0,0,0,0.55)',
  };
}

/** Axial, coronal and sagittal through the voxel where a scene begins, with the outlines of its masks. */
export const scenePicture = (scene: Scene): Figure =>
  panelGrid([planes.map((plane) => panelOf(scene, plane))], { title: scene.name });
