/**
 * The outlines of a mask as closed planar contours, for readers of two kinds: those that ask whether the centre of a
 * pixel lies inside, and those that round every point to a pixel and fill what the line touches. Points lie a
 * hundredth of a pixel inside of the edges of pixels, so both find the very pixels of the mask.
 *
 * A hole is joined to the line around it by a cut of no width ("keyhole"), as DICOM asks for: CLOSED_PLANAR contours
 * have no holes (PS3.3, C.8.8.6.3).
 */
import { type Loop, outlineLoops } from '../volume/outline.ts';
import { rangeOf } from '../volume/values.ts';

/** Points (x, y) in pixels, the centre of the first pixel being (0, 0); the last joins the first. */
export type Contour = (readonly [number, number])[];

const inwards = 0.01;
/** Where in its row a cut runs: not through the centres of pixels, and rounded to the row. */
const cutBelowCentre = 0.25;

/** To the right of an edge, where the mask lies; y grows downwards. */
function rightOf([x0, y0]: Loop[number], [x1, y1]: Loop[number]): readonly [number, number] {
  return [-Math.sign(y1 - y0), Math.sign(x1 - x0)];
}

/** A loop a little inside of the mask, its corners counted from the centre of the first pixel. */
function shrunken(loop: Loop): Contour {
  const corners = loop.slice(0, -1);
  const at = (i: number): Loop[number] => corners[(i + corners.length) % corners.length]!;
  return corners.map(([x, y], i) => {
    const [before, behind] = [rightOf(at(i - 1), at(i)), rightOf(at(i), at(i + 1))];
    return [x - 0.5 + inwards * (before[0] + behind[0]), y - 0.5 + inwards * (before[1] + behind[1])];
  });
}

/** Twice the area: above 0 for lines that run clockwise on the screen, as outer ones do. */
const turning = (contour: Contour): number =>
  contour.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = contour[(i + 1) % contour.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);

const lowestX = (contour: Contour): number => rangeOf(contour.map(([x]) => x))[0];

/** Index of the point behind which a vertical edge at x passes y; -1 where there is none. */
const edgeAt = (contour: Contour, x: number, y: number): number =>
  contour.findIndex(([x0, y0], i) => {
    const [x1, y1] = contour[(i + 1) % contour.length]!;
    const isOn = Math.abs(x0 - x) < inwards / 2 && Math.abs(x1 - x) < inwards / 2;
    return isOn && Math.min(y0, y1) < y && y < Math.max(y0, y1);
  });

/** The outer lines with all holes cut into them. */
function withHoles(outer: Contour[], holes: Contour[], isInside: (x: number, y: number) => boolean): Contour[] {
  // The line to the left of a hole is an outer one, or that of a hole that begins further left: it is joined already.
  for (const hole of holes.sort((a, b) => lowestX(a) - lowestX(b))) {
    const x = lowestX(hole);
    const start = hole.findIndex(([px], i) => px === x && hole[(i + 1) % hole.length]![0] === x);
    // The edge runs downwards or upwards along whole pixels; the cut leaves it in the topmost.
    const row = Math.ceil(Math.min(hole[start]![1], hole[(start + 1) % hole.length]![1]) - 0.25);
    const y = row + cutBelowCentre;
    let column = Math.round(x);
    while (isInside(column - 1, row)) column--;
    const edgeX = column - 0.5 + inwards;
    const around = outer.find((contour) => edgeAt(contour, edgeX, y) >= 0)!;
    const at = edgeAt(around, edgeX, y);
    const turned = [...hole.slice(start + 1), ...hole.slice(0, start + 1)];
    around.splice(at + 1, 0, [edgeX, y], [x, y], ...turned, [x, y], [edgeX, y]);
  }
  return outer;
}

/** The contours of the pixels (height, width) that are `value`; none where there is no such pixel. */
export function contoursOf(mask: ArrayLike<number>, height: number, width: number, value: number): Contour[] {
  if (!Array.prototype.includes.call(mask, value)) return [];
  const all = outlineLoops(mask, height, width, value).map(shrunken);
  const isInside = (x: number, y: number): boolean => x >= 0 && x < width && mask[y * width + x] === value;
  return withHoles(
    all.filter((contour) => turning(contour) > 0),
    all.filter((contour) => turning(contour) < 0),
    isInside,
  );
}
