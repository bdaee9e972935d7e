/**
 * The surface of a ROI as a triangle mesh: marching cubes at half height, as PyRadiomics makes it.
 *
 * Each cube of eight neighbouring voxel centres is one of 256 cases. As the mask is 0 or 1, the mesh's corners lie in
 * the middle of cube edges, so area and volume of a case are fixed by the spacing and only the cases need counting. A
 * case in which corner 7 is set is the complement of one in which it is not, with the other orientation, so 128 rows
 * suffice. Source: Lorensen and Cline 1987, doi:10.1145/37402.37422; triangulation by C. G. Bloyd, public domain, in P.
 * Bourke, Polygonising a scalar field, https://paulbourke.net/geometry/polygonise.
 *
 * Worked examples: one voxel of 1 mm gives an octahedron of volume 1/6 and area √3. A plate of 4×4 voxels gives, above
 * and below it, 9 cubes with four corners set (volume 1/2 each, area 1), 12 with two (1/8, √½) and 4 with one (1/48,
 * √3/8): volume 2·(9/2 + 12/8 + 4/48) = 73/6, area 2·(9 + 12·√½ + √3/2).
 */
import { cross, dot, minus } from '../volume/vectors.ts';
import type { Vec3 } from '../volume/volume.ts';

/** Corners 0 to 7 of a cube: x, y and z of each. */
const corners: readonly Vec3[] = '000 100 110 010 001 101 111 011'
  .split(' ')
  .map((digits) => Array.from(digits, Number) as unknown as Vec3);

/** Middles of the edges 0 to 11, given by the corners at their ends. */
const edges: readonly Vec3[] = '01 12 23 30 45 56 67 74 04 15 26 37'
  .split(' ')
  .map(
    ([from, to]) => corners[Number(from)]!.map((at, axis) => (at + corners[Number(to)]![axis]!) / 2) as unknown as Vec3,
  );

/**
 * For each case of the corners 0 to 6 (bit n: corner n is inside) the triangles as hexadecimal edge
 * numbers, three by three; - for none.
 */
const triangles: readonly string[] = [
  '- 083 019 183198 12a 08312a 0292a9 2832a88a9 23b 08b0b2 01923b 19b1b28b9 13a3ba 08a0a18ba 0393b99ba 8a98ba 478',
  '043347 019478 147173194 12a478 04312a347 0292a9478 2732972a9479 23b478 04224b47b 01923b478 19229b47b4b9',
  '13a3ba478 04114b1ba47b 03b0b94789ba 47b4b99ba 495 083495 015054 153358485 12a495 08312a495 0242542a5',
  '2532a5348354 23b495 08b0b2495 01505423b 15225828b485 13a3ba495 08118a4958ba 03b0540b55ba 48558a8ba 579789',
  '093357395 017078157 153357 12a579789 05309512a357 0282582a5578 2532a5357 23b579789 09227b297579 01815717823b',
  '15717b1b2 13a3ba578589 05707b0950a10ba 03b0570780a50ba 57b5ba 5a6 0835a6 0195a6 1831985a6 126165 083126165',
  '026069596 258265283598 23b5a6 08b0b25a6 01923b5a6 19229b5a68b9 1353653b6 05108b0b55b6 0360590653b6 59669b8b9',
  '4785a6 0433475a6 0194785a6 1731974795a6 126165478 043125265347 026059065478 269293397479596 23b4785a6',
  '04224727b5a6 01923b4785a6 19229b47b4b95a6 1353b54785b6 04b0b11b547b5b6 0360590653b6478 47959669b7b9 49a4a6',
  '08349a4a6 01a0640a6 1681831a6486 124149264 083129249264 024264 248264283 23b49a4a6 08228b49a4a6 0160641a623b',
  '14816418b1a61b2 1393693b6496 08114916418b1b6 0360643b6 48668b 67a78a89a 07309a0a767a 0181781a767a 1731a767a',
  '126168189678 093129269397679 026067078 267273 23b67868a89a 07209727b67a79a 0181781a723b67a 16717b1a61b2',
  '1361693b6678689 09167b 03b0670780b6 67b',
]
  .join(' ')
  .split(' ')
  .map((row) => (row === '-' ? '' : row));

export interface MeshMeasures {
  readonly areaMm2: number;
  readonly volumeMm3: number;
}

/** Number of cubes of each case, and the sum of their positions (first voxel of the cube) along each axis. */
interface CaseCounts {
  readonly count: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Smallest position along each axis: the voxel just before the first corner of the smallest box around the 1s. */
  readonly first: [number, number, number];
}

/**
 * Bits of the corners on the low and on the high x side of a cube, by the four-bit pattern of (y, z) = 00, 10, 01, 11.
 */
function sideBits(side: number): number[] {
  const isSet = (pattern: number, [x, y, z]: Vec3): boolean => x === side && (pattern & (1 << (y + 2 * z))) !== 0;
  return Array.from({ length: 16 }, (_, pattern) =>
    corners.reduce((bits, corner, n) => (isSet(pattern, corner) ? bits | (1 << n) : bits), 0),
  );
}

const [lowSide, highSide] = [sideBits(0), sideBits(1)];

/** Counts the cases of all cubes of a mask whose outermost voxels are 0. */
function countCases(mask: Uint8Array, [width, height, depth]: Vec3): CaseCounts {
  const cases = (): Float64Array => new Float64Array(256);
  const found = { count: cases(), x: cases(), y: cases(), z: cases() };
  let [firstX, firstY, firstZ] = [width, height, depth];
  const plane = width * height;
  for (let z = 0; z < depth - 1; z++) {
    for (let y = 0; y < height - 1; y++) {
      const row = plane * z + width * y;
      let low = 0;
      for (let x = 1; x < width; x++) {
        const at = row + x;
        const high = mask[at]! | (mask[at + width]! << 1) | (mask[at + plane]! << 2) | (mask[at + plane + width]! << 3);
        if ((low | high) !== 0 && (low & high) !== 15) {
          const cube = lowSide[low]! | highSide[high]!;
          found.count[cube]!++;
          found.x[cube]! += x - 1;
          found.y[cube]! += y;
          found.z[cube]! += z;
          if (x - 1 < firstX) firstX = x - 1;
          if (y < firstY) firstY = y;
          if (z < firstZ) firstZ = z;
        }
        low = high;
      }
    }
  }
  return { ...found, first: [firstX, firstY, firstZ] };
}

/**
 * The triangles of a case, corners in mm from the cube's first voxel, and 1 where their
 * normals point outwards, −1 where inwards.
 */
function caseTriangles(cube: number, spacingMm: Vec3): { corners: [Vec3, Vec3, Vec3][]; sign: number } {
  const complement = cube > 127;
  const row = triangles[complement ? 255 - cube : cube]!;
  const inMm = (edge: Vec3): Vec3 => edge.map((at, axis) => at * spacingMm[axis]!) as unknown as Vec3;
  const points = Array.from(row, (digit) => inMm(edges[parseInt(digit, 16)]!));
  const count = points.length / 3;
  const list = Array.from({ length: count }, (_, t) => points.slice(3 * t, 3 * t + 3) as [Vec3, Vec3, Vec3]);
  return { corners: list, sign: complement ? 1 : -1 };
}

/**
 * Area and volume of the mesh around the 1s of a mask (x fastest) whose outermost voxels are 0.
 * The volume is the sum of the signed tetrahedra from one point to each triangle. An empty mask has 0 of both.
 *
 * Where two voxels touch at an edge only, the complement's rows leave small gaps between neighbouring cubes,
 * so that the volume depends a little on that point. It is PyRadiomics': the voxel just before the first
 * corner of the smallest box around the 1s.
 */
export function meshMeasures(mask: Uint8Array, shape: Vec3, spacingMm: Vec3): MeshMeasures {
  const cases = countCases(mask, shape);
  let [area, volume] = [0, 0];
  for (let cube = 1; cube < 255; cube++) {
    const count = cases.count[cube]!;
    if (count === 0) continue;
    const offset = [cases.x, cases.y, cases.z].map(
      (sums, axis) => (sums[cube]! - count * cases.first[axis]!) * spacingMm[axis]!,
    ) as unknown as Vec3;
    const { corners: list, sign } = caseTriangles(cube, spacingMm);
    for (const [a, b, c] of list) {
      const normal = cross(minus(a, c), minus(b, c));
      area += (count * Math.sqrt(dot(normal, normal))) / 2;
      // det(o + a, o + b, o + c) = det(a, b, c) + o · normal, summed over the cubes.
      volume += (sign * (count * dot(cross(a, b), c) + dot(offset, normal))) / 6;
    }
  }
  return { areaMm2: area, volumeMm3: volume };
}

/**
 * The corners of the mesh, each once, as x, y, z after one another in half voxels: the middles between a
 * voxel inside and a neighbour outside.
 */
export function meshVertices(mask: Uint8Array, [width, height, depth]: Vec3): Int32Array {
  const vertices: number[] = [];
  const plane = width * height;
  for (let z = 0; z < depth - 1; z++) {
    for (let y = 0; y < height - 1; y++) {
      const row = plane * z + width * y;
      for (let x = 0; x < width - 1; x++) {
        const inside = mask[row + x]!;
        if (inside !== mask[row + x + 1]) vertices.push(2 * x + 1, 2 * y, 2 * z);
        if (inside !== mask[row + x + width]) vertices.push(2 * x, 2 * y + 1, 2 * z);
        if (inside !== mask[row + x + plane]) vertices.push(2 * x, 2 * y, 2 * z + 1);
      }
    }
  }
  return Int32Array.from(vertices);
}
