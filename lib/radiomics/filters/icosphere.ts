/** Points spread evenly over a sphere: the corners of an icosahedron, and of what its faces are divided into. */
import type { Vec3 } from '../../volume/volume.ts';

const golden = (1 + Math.sqrt(5)) / 2;

/** The twelve corners: (0, ±1, ±φ) and its cyclic turns. */
const corners: Vec3[] = [-1, 1].flatMap((a) =>
  [-golden, golden].flatMap((b): Vec3[] => [
    [0, a, b],
    [a, b, 0],
    [b, 0, a],
  ]),
);

const onSphere = ([x, y, z]: Vec3, radius: number): Vec3 => {
  const scale = radius / Math.sqrt(x * x + y * y + z * z);
  return [x * scale, y * scale, z * scale];
};

const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

type Face = readonly [number, number, number];

/** The twenty faces: three corners that are neighbours of each other. */
function icosahedron(): { points: Vec3[]; faces: Face[] } {
  const edge = 2 * 1.001;
  const near = (i: number, j: number): boolean => i !== j && distance(corners[i]!, corners[j]!) < edge;
  const faces: Face[] = [];
  for (let i = 0; i < 12; i++)
    for (let j = i + 1; j < 12; j++)
      for (let k = j + 1; k < 12; k++) if (near(i, j) && near(j, k) && near(i, k)) faces.push([i, j, k]);
  return { points: [...corners], faces };
}

/** Each face in four, by the middles of its edges. */
function divide(points: Vec3[], faces: readonly Face[]): Face[] {
  const middles = new Map<string, number>();
  const middle = (i: number, j: number): number => {
    const key = [i, j].sort((a, b) => a - b).join();
    if (!middles.has(key)) {
      const [a, b] = [points[i]!, points[j]!];
      middles.set(key, points.push([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2]) - 1);
    }
    return middles.get(key)!;
  };
  return faces.flatMap(([i, j, k]): Face[] => {
    const [ij, jk, ki] = [middle(i, j), middle(j, k), middle(k, i)];
    return [
      [i, ij, ki],
      [j, jk, ij],
      [k, ki, jk],
      [ij, jk, ki],
    ];
  });
}

/** 12 points for no subdivision, 42 for one, 162 for two, at `radius` from the centre. */
export function icosphere(subdivisions: number, radius: number): Vec3[] {
  let { points, faces } = icosahedron();
  points = points.map((point) => onSphere(point, radius));
  for (let n = 0; n < subdivisions; n++) {
    faces = divide(points, faces);
    points = points.map((point) => onSphere(point, radius));
  }
  return points;
}
