/** Lengths along SVG paths of straight lines, which Plotly needs for arrow heads. */

export interface Point {
  x: number;
  y: number;
}

/** The corners of a path with absolute M and L commands; curves are not followed, Plotly's arrows have none. */
export const pathCorners = (d: string): Point[] =>
  [...d.matchAll(/[ML]\s*(-?[\d.e+-]+)[\s,]+(-?[\d.e+-]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

export function pathLength(corners: readonly Point[]): number {
  return corners.slice(1).reduce((sum, { x, y }, i) => sum + Math.hypot(x - corners[i]!.x, y - corners[i]!.y), 0);
}

/** The point at a distance from the start, held at both ends. */
export function pointAlong(corners: readonly Point[], distance: number): Point {
  let left = Math.max(0, distance);
  for (let i = 1; i < corners.length; i++) {
    const [a, b] = [corners[i - 1]!, corners[i]!];
    const step = Math.hypot(b.x - a.x, b.y - a.y);
    if (left <= step && step > 0) return { x: a.x + ((b.x - a.x) * left) / step, y: a.y + ((b.y - a.y) * left) / step };
    left -= step;
  }
  return corners.at(-1) ?? { x: 0, y: 0 };
}
