/**
 * Connected components of a mask, by runs of foreground along x and union-find over the runs: time and memory follow
 * the number of runs, which is small for masks of organs.
 */
import { expected } from '../errors.ts';
import { boundingBox, ForegroundScan } from './foreground.ts';
import { type Vec3, voxelCount } from './volume.ts';

/** Voxels that count as neighbours: over faces 6, also edges 18, also corners 26; in a 2-D mask (z = 1) 4, 8 and 8. */
export type Connectivity = 6 | 18 | 26;

/** The foreground as runs, in the order of memory. */
interface Runs {
  readonly start: Int32Array;
  /** First index behind each run. */
  readonly end: Int32Array;
  readonly count: number;
}

/** Connected components: the voxels of each, and the runs along x that they are made of. */
export interface Components {
  /** Number of voxels of each component; components are numbered by their first voxel in memory. */
  readonly voxels: number[];
  readonly runs: Runs;
  /** Component of each run. */
  readonly ofRun: Int32Array;
}

const doubled = (values: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
};

function findRuns(mask: ArrayLike<number>, width: number): Runs {
  const scan = new ForegroundScan(mask);
  let [start, end] = [new Int32Array(1024), new Int32Array(1024)];
  let count = 0;
  let rowEnd = 0;
  for (let i = scan.next(0); i < mask.length; i = scan.next(i)) {
    if (count === start.length) [start, end] = [doubled(start), doubled(end)];
    start[count] = i;
    if (i >= rowEnd) rowEnd = (Math.floor(i / width) + 1) * width;
    while (i < rowEnd && mask[i] !== 0) i++;
    end[count++] = i;
  }
  return { start, end, count };
}

/** The number of the first run of each row, and at the end the number of runs. */
function firstRuns({ start, count }: Runs, width: number, rows: number): Int32Array {
  const first = new Int32Array(rows + 1);
  let row = 0;
  for (let run = 0; run < count; run++) {
    const own = Math.floor(start[run] / width);
    while (row <= own) first[row++] = run;
  }
  first.fill(count, row);
  return first;
}

function rootOf(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

/** The smaller number becomes the root, so that roots are first runs. */
function unite(parent: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parent, a), rootOf(parent, b)];
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

/** The runs of two rows that may touch: [a, aEnd) and [b, bEnd); `shift` moves the voxels of row b beside row a's. */
interface RowPair {
  readonly a: number;
  readonly aEnd: number;
  readonly b: number;
  readonly bEnd: number;
  readonly shift: number;
}

/** Unites the runs of two rows that touch, with `reach` 1 also across a corner. */
function uniteRows({ start, end }: Runs, parent: Int32Array, pair: RowPair, reach: number): void {
  const { aEnd, bEnd, shift } = pair;
  let { a, b } = pair;
  while (a < aEnd && b < bEnd) {
    if (start[a] < end[b] + shift + reach && start[b] + shift < end[a] + reach) unite(parent, a, b);
    if (end[a] < end[b] + shift) a++;
    else b++;
  }
}

/** A row before another: steps in y and z, and 1 where their runs also meet across a corner. */
interface EarlierRow {
  readonly dy: number;
  readonly dz: number;
  readonly reach: number;
}

/** Earlier rows that touch a row. */
function earlierRows(connectivity: Connectivity): readonly EarlierRow[] {
  const acrossEdge = connectivity === 6 ? 0 : 1;
  const acrossCorner = connectivity === 26 ? 1 : 0;
  const at = (dy: number, dz: number, reach: number): EarlierRow => ({ dy, dz, reach });
  const overFaces = [at(-1, 0, acrossEdge), at(0, -1, acrossEdge)];
  const overEdges = [at(-1, -1, acrossCorner), at(1, -1, acrossCorner)];
  return connectivity === 6 ? overFaces : [...overFaces, ...overEdges];
}

function uniteRuns(runs: Runs, [width, height, depth]: Vec3, connectivity: Connectivity): Int32Array {
  const first = firstRuns(runs, width, height * depth);
  const parent = Int32Array.from({ length: runs.count }, (_, run) => run);
  const neighbours = earlierRows(connectivity);
  for (let run = 0; run < runs.count; ) {
    const row = Math.floor(runs.start[run] / width);
    const z = Math.floor(row / height);
    const y = row - z * height;
    for (const { dy, dz, reach } of neighbours) {
      if (y + dy < 0 || y + dy >= height || z + dz < 0) continue;
      const other = row + dy + dz * height;
      const shift = (row - other) * width;
      uniteRows(runs, parent, { a: run, aEnd: first[row + 1], b: first[other], bEnd: first[other + 1], shift }, reach);
    }
    run = first[row + 1];
  }
  return parent;
}

/**
 * Finds the connected components of a mask; anything but 0 is foreground. Shape [x, y, z] with x fastest. An empty mask
 * has none. Throws a UserError for a mask of another size than the shape's or another connectivity than 6, 18 or 26.
 */
export function connectedComponents(mask: ArrayLike<number>, shape: Vec3, connectivity: Connectivity = 26): Components {
  if (mask.length !== voxelCount(shape)) throw expected(`a mask of ${shape.join('×')} voxels`, `${mask.length} values`);
  if (![6, 18, 26].includes(connectivity)) throw expected('connectivity 6, 18 or 26', `${connectivity}`);
  const runs = findRuns(mask, shape[0]);
  const ofRun = uniteRuns(runs, shape, connectivity);
  const voxels: number[] = [];
  for (let run = 0; run < runs.count; run++) {
    // Parents come before their runs, so they have their component already.
    const component = ofRun[run] === run ? voxels.push(0) - 1 : ofRun[ofRun[run]];
    ofRun[run] = component;
    voxels[component] += runs.end[run] - runs.start[run];
  }
  return { voxels, runs, ofRun };
}

/** Writes `value(component)` into every voxel of each component; 0 leaves a component out. */
function paint(out: Uint8Array, { runs, ofRun }: Components, value: (component: number) => number): Uint8Array {
  for (let run = 0; run < runs.count; run++) {
    const painted = value(ofRun[run]);
    if (painted !== 0) out.fill(painted, runs.start[run], runs.end[run]);
  }
  return out;
}

/** The largest component as a new mask of 0 and 1; of equally large ones the first in memory. Empty stays empty. */
export function largestComponent(mask: ArrayLike<number>, shape: Vec3, connectivity: Connectivity = 26): Uint8Array {
  const components = connectedComponents(mask, shape, connectivity);
  const largest = components.voxels.reduce((best, n, i, all) => (n > all[best] ? i : best), 0);
  return paint(new Uint8Array(mask.length), components, (component) => Number(component === largest));
}

/** The components of at least `minimumVoxels` voxels, as a new mask of 0 and 1. */
export function removeSmallObjects(
  mask: ArrayLike<number>,
  shape: Vec3,
  minimumVoxels: number,
  connectivity: Connectivity = 26,
): Uint8Array {
  const components = connectedComponents(mask, shape, connectivity);
  return paint(new Uint8Array(mask.length), components, (component) =>
    Number(components.voxels[component] >= minimumVoxels),
  );
}

/**
 * Fills the holes of a mask: background from which no way over faces (in 2-D: sides) leads to the edge of the image.
 * Returns a new mask of 0 and 1, as SciPy's binary_fill_holes.
 */
export function fillHoles(mask: ArrayLike<number>, shape: Vec3): Uint8Array {
  const out = new Uint8Array(mask.length);
  const box = boundingBox(mask, shape);
  if (!box) return out;
  const { start, shape: size } = box;
  const rowOf = (row: number): number =>
    start[0] + shape[0] * (start[1] + (row % size[1]) + shape[1] * (start[2] + Math.floor(row / size[1])));
  const background = new Uint8Array(voxelCount(size));
  for (let row = 0, i = 0; row < size[1] * size[2]; row++) {
    for (let x = 0, from = rowOf(row); x < size[0]; x++, i++) background[i] = mask[from + x] === 0 ? 1 : 0;
  }
  const outside = openComponents(connectedComponents(background, size, 6), size, shape[2] === 1);
  for (let row = 0, i = 0; row < size[1] * size[2]; row++) {
    for (let x = 0, to = rowOf(row); x < size[0]; x++, i++) out[to + x] = outside[i] === 0 ? 1 : 0;
  }
  return out;
}

/** The components that touch a side of the box; in a flat image the two sides along z do not count. */
function openComponents(components: Components, [width, height, depth]: Vec3, isFlat: boolean): Uint8Array {
  const { runs, ofRun, voxels } = components;
  const isOpen = new Uint8Array(voxels.length);
  for (let run = 0; run < runs.count; run++) {
    const row = Math.floor(runs.start[run] / width);
    const [y, z] = [row % height, Math.floor(row / height)];
    const atSide =
      runs.start[run] === row * width || runs.end[run] === (row + 1) * width || y === 0 || y === height - 1;
    if (atSide || (!isFlat && (z === 0 || z === depth - 1))) isOpen[ofRun[run]] = 1;
  }
  return paint(new Uint8Array(width * height * depth), components, (component) => isOpen[component]);
}
