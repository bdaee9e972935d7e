/** The grid on which a patient is painted, organ over organ, with partial volume at every surface. */
import type { Random } from '../../random.ts';
import { voxelCount, type Vec3 } from '../../volume/volume.ts';
import { smoothField } from './fields.ts';
import type { Solid } from './solids.ts';

/** HU at a voxel: its index, its distance below the surface in mm (positive inside), its place in the template. */
export type Material = number | ((voxel: number, depthMm: number, x: number, y: number, z: number) => number);

export interface CanvasFrame {
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
/** Voxels along x, y, z that are skipped together where a solid is far away. */
const block: Vec3 = [4, 4, 2];

type Range = [number, number];
interface Line { first: number; step: number }

/** Share of a voxel that lies inside a surface `depthMm` away from its middle: 0 outside … 1 inside. */
export const step = (depthMm: number, edgeMm: number): number => Math.min(Math.max(0.5 + depthMm / edgeMm, 0), 1);

export interface PaintOptions {
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
  readonly #bend: readonly Float32Array[];
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
    this.#bend = [0, 1, 2].map(() => smoothField(random, shape, spacingMm, bendScaleMm));
    this.edgeMm = spacingMm[0] / frame.scale[0];
  }

  /** Range of voxel indices along an axis that can reach the template interval [low, high]. */
  #range(axis: number, low: number, high: number): [number, number] {
    const { shape, spacingMm, centreMm, scale } = this.#frame;
    const toVoxel = (mm: number): number => (mm * scale[axis]! - centreMm[axis]!) / spacingMm[axis]! + (shape[axis]! - 1) / 2;
    return [
      Math.max(Math.floor(toVoxel(low - reachMm)), 0),
      Math.min(Math.ceil(toVoxel(high + reachMm)), shape[axis]! - 1),
    ];
  }

  /** Where a voxel lies in the template, before bending: `first + step * index` along each axis. */
  #line(axis: number): { first: number; step: number } {
    const { shape, spacingMm, centreMm, scale } = this.#frame;
    const step = spacingMm[axis]! / scale[axis]!;
    return { first: (centreMm[axis]! - ((shape[axis]! - 1) / 2) * spacingMm[axis]!) / scale[axis]!, step };
  }

  /**
   * Calls `visit` with the voxels that may lie within `marginMm` of the solid, and their signed distances. Blocks of
   * voxels whose middle is too far away are skipped, so that a thin structure costs little.
   */
  #visit(solid: Solid, marginMm: number, visit: (voxel: number, distance: number, x: number, y: number, z: number) => void): void {
    const [nx, ny] = this.shape;
    const [ranges, lines] = [[0, 1, 2].map((i) => this.#range(i, solid.low[i]!, solid.high[i]!)), [0, 1, 2].map((i) => this.#line(i))];
    const [[x0, x1], [y0, y1], [z0, z1]] = ranges as [Range, Range, Range];
    const [lx, ly, lz] = lines as [Line, Line, Line];
    const [bx, by, bz] = this.#bend as [Float32Array, Float32Array, Float32Array];
    const halfMm = 0.5 * Math.hypot(block[0] * lx.step, block[1] * ly.step, block[2] * lz.step);
    const place = (x: number, y: number, z: number, use: (v: number, px: number, py: number, pz: number) => void): void => {
      const v = x + nx * (y + ny * z);
      use(v, lx.first + lx.step * x + bendMm * bx[v]!, ly.first + ly.step * y + bendMm * by[v]!, lz.first + lz.step * z + bendMm * bz[v]!);
    };
    let near = false;
    const test = (_v: number, px: number, py: number, pz: number): void => {
      near = 0.75 * solid.distance(px, py, pz) <= halfMm + marginMm;
    };
    const paint = (v: number, px: number, py: number, pz: number): void => visit(v, solid.distance(px, py, pz), px, py, pz);
    for (let zb = z0; zb <= z1; zb += block[2]) {
      for (let yb = y0; yb <= y1; yb += block[1]) {
        for (let xb = x0; xb <= x1; xb += block[0]) {
          const [ze, ye, xe] = [Math.min(zb + block[2] - 1, z1), Math.min(yb + block[1] - 1, y1), Math.min(xb + block[0] - 1, x1)];
          place((xb + xe) >> 1, (yb + ye) >> 1, (zb + ze) >> 1, test);
          if (!near) continue;
          for (let z = zb; z <= ze; z++) for (let y = yb; y <= ye; y++) for (let x = xb; x <= xe; x++) place(x, y, z, paint);
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
      if (rim && depth > -rim.mm - edgeMm) blend(v, rim.opacity * step(depth + rim.mm, edgeMm), rim.hu);
      const cover = opacity * step(depth, edgeMm);
      if (cover <= 0) return;
      blend(v, cover, typeof material === 'number' ? material : material(v, depth, x, y, z));
      if (cover > 0.5) this.label[v] = label;
    });
  }
}
