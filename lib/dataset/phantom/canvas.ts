/** The grid on which a patient is painted, organ over organ, with partial volume at every surface. */
import type { Random } from '../../random.ts';
import { type Vec3, voxelCount } from '../../volume/volume.ts';
import { smoothField } from './fields.ts';
import type { Solid } from './solids.ts';

/** HU at a voxel: its index, its distance below the surface in mm (positive inside), its place in the template. */
export type Material = number | ((voxel: number, depthMm: number, x: number, y: number, z: number) => number);

interface CanvasFrame {
  readonly shape: Vec3;
  readonly spacingMm: Vec3;
  /** Position of the grid's centre in the patient, millimetres along L, P, S. */
  readonly centreMm: Vec3;
  /** Size of this patient relative to the template along L, P, S. */
  readonly scale: Vec3;
}

/** How far the anatomy of a patient is bent away from the template, in millimetres (standard deviation). */
const bendMm = 3.2;
const bendScaleMm = 55;
/** Farther than this from its template place no point is moved: three standard deviations and some more. */
const reachMm = 16;
/** Share of a distance that is certainly free: bending shortens the ways of the template. */
const safety = 0.75;

type Range = [number, number];

/** Template coordinates of every voxel: position over body size, moved by a smooth random field. */
function bentPlaces(
  { shape, spacingMm, centreMm, scale }: CanvasFrame,
  random: Random,
): [Float32Array, Float32Array, Float32Array] {
  const [nx, ny] = shape;
  const strides = [1, nx, nx * ny];
  return [0, 1, 2].map((axis) => {
    const place = smoothField(random, shape, spacingMm, bendScaleMm);
    const middle = (shape[axis]! - 1) / 2;
    for (let v = 0; v < place.length; v++) {
      const index = Math.floor(v / strides[axis]!) % shape[axis]!;
      place[v] = (centreMm[axis]! + (index - middle) * spacingMm[axis]!) / scale[axis]! + bendMm * place[v]!;
    }
    return place;
  }) as [Float32Array, Float32Array, Float32Array];
}

/** Share of a voxel that lies inside a surface `depthMm` away from its middle: 0 outside … 1 inside. */
export const coverage = (depthMm: number, edgeMm: number): number => Math.min(Math.max(0.5 + depthMm / edgeMm, 0), 1);

interface PaintOptions {
  /** Class of the voxels that are more than half inside; by default 0, what was there is hidden. */
  readonly label?: number;
  /** Lobulation: the surface is moved outwards by this many mm times the field `fine`. */
  readonly rough?: number;
  /** 1 hides what was there. */
  readonly opacity?: number;
  /** A layer of fat laid round the solid before it is painted. */
  readonly rim?: { readonly mm: number; readonly hu: number; readonly opacity: number };
}

export class Canvas {
  readonly shape: Vec3;
  readonly hu: Float32Array;
  readonly label: Uint8Array;
  /** Smooth fields of mean 0 and deviation 1, for texture: lobules of about 8 mm and patches of about 25 mm. */
  readonly fine: Float32Array;
  readonly coarse: Float32Array;
  readonly #frame: CanvasFrame;
  /** Where each voxel lies in the template, along L, P, S. */
  readonly #place: readonly [Float32Array, Float32Array, Float32Array];
  /** Distance over which a surface fades, in template millimetres: one voxel within the slice. */
  readonly edgeMm: number;

  constructor(frame: CanvasFrame, random: Random) {
    const { shape, spacingMm } = frame;
    this.shape = shape;
    this.#frame = frame;
    this.hu = new Float32Array(voxelCount(shape));
    this.label = new Uint8Array(this.hu.length);
    this.fine = smoothField(random, shape, spacingMm, 5);
    this.coarse = smoothField(random, shape, spacingMm, 16);
    this.#place = bentPlaces(frame, random);
    this.edgeMm = spacingMm[0] / frame.scale[0];
  }

  /** Range of voxel indices along an axis that can reach the template interval [low, high]. */
  #range(axis: number, low: number, high: number): [number, number] {
    const { shape, spacingMm, centreMm, scale } = this.#frame;
    const toVoxel = (mm: number): number =>
      (mm * scale[axis]! - centreMm[axis]!) / spacingMm[axis]! + (shape[axis]! - 1) / 2;
    return [
      Math.max(Math.floor(toVoxel(low - reachMm)), 0),
      Math.min(Math.ceil(toVoxel(high + reachMm)), shape[axis]! - 1),
    ];
  }

  /**
   * Calls `visit` with the voxels within `marginMm` of the solid and their signed distances. A row is walked in leaps:
   * as far as the distance says that nothing comes, so that a thin structure costs little.
   */
  #visit(
    solid: Solid,
    marginMm: number,
    visit: (voxel: number, distance: number, x: number, y: number, z: number) => void,
  ): void {
    const [nx, ny] = this.shape;
    const [[x0, x1], [y0, y1], [z0, z1]] = [0, 1, 2].map((i) => this.#range(i, solid.low[i]!, solid.high[i]!)) as [
      Range,
      Range,
      Range,
    ];
    const [px, py, pz] = this.#place;
    for (let z = z0; z <= z1; z++) {
      for (let y = y0; y <= y1; y++) {
        const row = nx * (y + ny * z);
        for (let v = row + x0; v <= row + x1; ) {
          const distance = solid.distance(px[v]!, py[v]!, pz[v]!);
          if (distance <= marginMm) visit(v, distance, px[v]!, py[v]!, pz[v]!);
          v += Math.max(Math.floor((safety * (distance - marginMm)) / this.edgeMm), 1);
        }
      }
    }
  }

  /**
   * Paints a solid over what is there; a voxel half inside gets half of each.
   */
  paint(solid: Solid, material: Material, options: PaintOptions = {}): void {
    const { label = 0, rough = 0, opacity = 1, rim } = options;
    const { hu, fine, edgeMm } = this;
    const blend = (v: number, cover: number, value: number): void => {
      hu[v] = hu[v]! + cover * (value - hu[v]!);
      if (cover > 0.5) this.label[v] = 0;
    };
    this.#visit(solid, edgeMm + 3.5 * rough + (rim?.mm ?? 0), (v, distance, x, y, z) => {
      const depth = rough * fine[v]! - distance;
      if (rim && depth > -rim.mm - edgeMm) blend(v, rim.opacity * coverage(depth + rim.mm, edgeMm), rim.hu);
      const cover = opacity * coverage(depth, edgeMm);
      if (cover <= 0) return;
      blend(v, cover, typeof material === 'number' ? material : material(v, depth, x, y, z));
      if (cover > 0.5) this.label[v] = label;
    });
  }
}
