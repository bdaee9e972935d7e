/** Outlines of masks as closed lines along the pixel edges. */

/** Corners (x, y) in pixels from the array's corner: pixel (row r, column c) covers x in [c, c+1], y in [r, r+1]. */
export type Loop = (readonly [number, number])[];

/** Steps along x and y in the four directions: right, down, left, up. */
const [stepX, stepY] = [Int8Array.of(1, 0, -1, 0), Int8Array.of(0, 1, 0, -1)];

/** For every corner, the directions of the edges that start there; the mask lies on the right-hand side of an edge. */
function edgesByCorner(
  mask: ArrayLike<number>,
  height: number,
  width: number,
  value: number | undefined,
): Map<number, number[]> {
  const inside = (r: number, c: number): boolean => {
    if (r < 0 || c < 0 || r >= height || c >= width) return false;
    const found = mask[r * width + c]!;
    return value === undefined ? found !== 0 : found === value;
  };
  const edges = new Map<number, number[]>();
  const add = (x: number, y: number, direction: number): void => {
    const key = y * (width + 1) + x;
    const there = edges.get(key);
    if (there) there.push(direction);
    else edges.set(key, [direction]);
  };
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (!inside(r, c)) continue;
      if (!inside(r - 1, c)) add(c, r, 0);
      if (!inside(r, c + 1)) add(c + 1, r, 1);
      if (!inside(r + 1, c)) add(c + 1, r + 1, 2);
      if (!inside(r, c - 1)) add(c, r + 1, 3);
    }
  }
  return edges;
}

/**
 * Takes the next edge at a corner: where two pixels touch by the corner only, it turns right, so that they stay apart.
 */
function takeEdge(edges: Map<number, number[]>, key: number, came: number): number {
  const there = edges.get(key)!;
  const at = there.length === 1 ? 0 : Math.max(0, there.indexOf((came + 1) % 4));
  const [direction] = there.splice(at, 1);
  if (there.length === 0) edges.delete(key);
  return direction!;
}

/**
 * The closed outlines of a mask (height, width): non-zero pixels, or those equal to `value`. Outer lines run clockwise
 * on the screen, holes the other way, straight runs have no corners between; an empty mask has none.
 */
export function outlineLoops(mask: ArrayLike<number>, height: number, width: number, value?: number): Loop[] {
  const edges = edgesByCorner(mask, height, width, value);
  const loops: Loop[] = [];
  for (let first = edges.entries().next(); !first.done; first = edges.entries().next()) {
    const [start, [startDirection]] = first.value;
    const loop: [number, number][] = [];
    let key = start;
    let came = (startDirection! + 3) % 4; // so that the start takes this very edge
    do {
      const direction = takeEdge(edges, key, came);
      const [x, y] = [key % (width + 1), Math.floor(key / (width + 1))];
      if (direction !== came) loop.push([x, y]);
      key = (y + stepY[direction]!) * (width + 1) + (x + stepX[direction]!);
      came = direction;
    } while (key !== start || continuesHere(edges, key, came));
    if (came === startDirection) loop.shift(); // it started in the middle of a straight run
    loops.push([...loop, loop[0]!]);
  }
  return loops;
}

/** At a corner that is passed twice, the line that arrived goes on when its right turn is still to be taken. */
const continuesHere = (edges: Map<number, number[]>, key: number, came: number): boolean =>
  edges.get(key)?.includes((came + 1) % 4) ?? false;
