/**
 * Sizes of SVG elements for a document without a layout engine: jsdom answers every question about size with zero,
 * and Plotly places titles, tick labels and legends by the answers.
 */
import type { SKRSContext2D } from '@napi-rs/canvas';

export interface SvgBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The few parts of an SVG element that are read here. */
export interface SvgNode {
  tagName?: string;
  style?: { fontSize?: string; fontWeight?: string; textAnchor?: string };
  parentNode?: SvgNode | null;
  textContent: string | null;
  children: Iterable<SvgNode>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<SvgNode>;
}

const nothing: SvgBox = { x: 0, y: 0, width: 0, height: 0 };
/** Shares of the font size that DejaVu Sans needs above the baseline and from line to line. */
const ascent = 0.93;
const lineHeight = 1.3;

/** The nearest value of a style property, looking outwards. */
function inherited(element: SvgNode, property: 'fontSize' | 'fontWeight'): string | undefined {
  for (let e: SvgNode | null | undefined = element; e?.style; e = e.parentNode)
    if (e.style[property]) return e.style[property];
  return undefined;
}

function textBox(element: SvgNode, pen: SKRSContext2D, font: string): SvgBox {
  const size = Number.parseFloat(inherited(element, 'fontSize') ?? '12');
  const bold =
    inherited(element, 'fontWeight') ??
    [...element.querySelectorAll('tspan')].map((t) => t.style?.fontWeight).find(Boolean);
  pen.font = `${bold ?? 'normal'} ${size}px "${font}"`;
  const spans = [...element.querySelectorAll('tspan.line')];
  const lines = (spans.length > 0 ? spans : [element]).map((span) => span.textContent ?? '');
  const width = Math.max(...lines.map((line) => pen.measureText(line).width));
  const x = Number(element.getAttribute('x') ?? 0);
  const y = Number(element.getAttribute('y') ?? 0);
  const anchor = element.style?.textAnchor || element.getAttribute('text-anchor');
  const before = anchor === 'middle' ? width / 2 : 0;
  return {
    x: x - (anchor === 'end' ? width : before),
    y: y - ascent * size,
    width,
    height: lineHeight * size * lines.length,
  };
}

function union(boxes: SvgBox[]): SvgBox {
  if (boxes.length === 0) return nothing;
  const x = Math.min(...boxes.map((b) => b.x));
  const y = Math.min(...boxes.map((b) => b.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((b) => b.x + b.width)) - x,
    height: Math.max(...boxes.map((b) => b.y + b.height)) - y,
  };
}

/** a, b, c, d, e, f of x' = ax + cy + e, y' = bx + dy + f. */
type Matrix = readonly [number, number, number, number, number, number];

const product = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
];

/** One step of a transform attribute: `translate(x, y)`, `scale(x, y)` or `rotate(degrees, cx, cy)`. */
function stepMatrix(name: string, [first = 0, second, third = 0]: number[]): Matrix {
  if (name === 'translate') return [1, 0, 0, 1, first, second ?? 0];
  if (name === 'scale') return [first, 0, 0, second ?? first, 0, 0];
  if (name !== 'rotate') return [1, 0, 0, 1, 0, 0];
  const [cos, sin] = [Math.cos((first * Math.PI) / 180), Math.sin((first * Math.PI) / 180)];
  const [cx, cy] = [second ?? 0, third];
  return [cos, sin, -sin, cos, cx - cos * cx + sin * cy, cy - sin * cx - cos * cy];
}

/** The matrix of an element's transform attribute: translate, rotate and scale, which is all that Plotly writes. */
export function transformOf(element: SvgNode): Matrix {
  const steps = (element.getAttribute?.('transform') ?? '').matchAll(/(\w+)\(([^)]*)\)/g);
  const numbersOf = (text: string): number[] => (text.match(/[^\s,]+/g) ?? []).map(Number);
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, name, numbers] of steps) matrix = product(matrix, stepMatrix(name!, numbersOf(numbers!)));
  return matrix;
}

/** The box around a transformed box. */
function mapBox([a, b, c, d, e, f]: Matrix, { x, y, width, height }: SvgBox): SvgBox {
  const corners = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ].map(([u, v]) => ({ x: a * u! + c * v! + e, y: b * u! + d * v! + f, width: 0, height: 0 }));
  return union(corners);
}

/**
 * The bounding box of an SVG element in its own coordinates: text is measured with the pen, groups are the union of
 * their children, anything else that Plotly does not ask about is empty.
 */
export function boxOf(element: SvgNode, pen: SKRSContext2D, font: string): SvgBox {
  const tag = element.tagName?.toLowerCase();
  if (tag === 'text' || tag === 'tspan') return textBox(element, pen, font);
  const number = (name: string): number => Number(element.getAttribute(name) ?? 0);
  if (tag === 'rect') return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
  if (tag !== 'g' && tag !== 'svg') return nothing;
  const children = [...element.children].map((child) => mapBox(transformOf(child), boxOf(child, pen, font)));
  return union(children.filter((b) => b.width > 0 || b.height > 0));
}

/** The bounding box on the page: its own transform and those of all its parents applied. */
export function pageBoxOf(element: SvgNode, pen: SKRSContext2D, font: string): SvgBox {
  let box = boxOf(element, pen, font);
  for (let e: SvgNode | null | undefined = element; e?.getAttribute; e = e.parentNode)
    box = mapBox(transformOf(e), box);
  return box;
}
