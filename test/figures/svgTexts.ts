/**
 * The texts of a drawn figure with the rectangles that they cover on the page, and the parts that rules about figures
 * ask for. It reads the SVG by its own rules and measures with the shipped font, so it does not repeat the renderer.
 */
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { fontFiles, fontName } from '../../lib/figures/fonts.ts';

type Matrix = readonly [number, number, number, number, number, number];
type Point = readonly [number, number];

/** One line of text: what it says, its size, the classes around it, and its four corners on the page. */
export interface DrawnText {
  readonly text: string;
  readonly size: number;
  /** Classes of the text and of all that holds it, outermost first. */
  readonly classes: readonly string[];
  readonly corners: readonly Point[];
}

export interface DrawnFigure {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly DrawnText[];
  /** Every colour of a fill or a line, `rgb(0, 114, 178)`, but those inside scales of colours. */
  readonly colours: readonly string[];
  /** By subplot (`xy`, `x2y2`): how many traces it draws. */
  readonly traces: Readonly<Record<string, number>>;
}

interface Open {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly matrix: Matrix;
  readonly classes: readonly string[];
  readonly style: Readonly<Record<string, string>>;
}

const product = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

function stepMatrix(name: string, v: readonly number[]): Matrix {
  if (name === 'translate') return [1, 0, 0, 1, v[0]!, v[1] ?? 0];
  if (name === 'scale') return [v[0]!, 0, 0, v[1] ?? v[0]!, 0, 0];
  if (name === 'matrix') return v as unknown as Matrix;
  if (name !== 'rotate') throw new Error(`transform ${name}`);
  const [sin, cos] = [Math.sin((v[0]! * Math.PI) / 180), Math.cos((v[0]! * Math.PI) / 180)];
  const [x, y] = [v[1] ?? 0, v[2] ?? 0];
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
}

const matrixOf = (transform = ''): Matrix =>
  [...transform.matchAll(/(\w+)\(([^)]*)\)/g)].reduce(
    (all: Matrix, [, name, numbers]) => product(all, stepMatrix(name!, numbers!.split(/[\s,]+/).map(Number))),
    identity,
  );

const styleOf = (text = ''): Record<string, string> =>
  Object.fromEntries(
    text
      .split(';')
      .flatMap((one) =>
        one.includes(':') ? [[one.slice(0, one.indexOf(':')).trim(), one.slice(one.indexOf(':') + 1).trim()]] : [],
      ),
  );

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const plain = (text: string): string =>
  text.replace(/&(#(\d+)|\w+);/g, (_, name: string, code?: string) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name] ?? ''),
  );

let pen: ReturnType<ReturnType<typeof createCanvas>['getContext']> | undefined;

function widthOf(text: string, size: number, weight: string): number {
  if (!pen) {
    for (const file of fontFiles()) GlobalFonts.registerFromPath(file, fontName);
    pen = createCanvas(8, 8).getContext('2d');
  }
  pen.font = `${weight} ${size}px "${fontName}"`;
  return pen.measureText(text).width;
}

/** Shares of the font's size that capitals rise above the baseline and letters such as p hang below it. */
const [rise, hang] = [0.74, 0.2];

/** A line of text while its pieces are read. */
interface Line {
  readonly at: Open;
  readonly x: number;
  readonly y: number;
  text: string;
  width: number;
  size: number;
}

function drawn({ at, x, y, text, width, size }: Line): DrawnText {
  const anchor = at.style['text-anchor'] ?? at.attributes['text-anchor'];
  const shares: Record<string, number> = { middle: 0.5, end: 1 };
  const left = x - width * (shares[anchor ?? ''] ?? 0);
  const [a, b, c, d, e, f] = at.matrix;
  const [top, bottom] = [y - rise * size, y + hang * size];
  const corners = [
    [left, top],
    [left + width, top],
    [left + width, bottom],
    [left, bottom],
  ].map(([u, v]): Point => [a * u! + c * v! + e, b * u! + d * v! + f]);
  return { text: text.trim(), size, classes: at.classes, corners };
}

const shift = (dy: string | undefined, size: number): number =>
  dy === undefined ? 0 : Number.parseFloat(dy) * (dy.endsWith('em') ? size : 1);

/** Everything of an SVG that the rules ask for. */
export function readSvg(svg: string): DrawnFigure {
  const [, width, height] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  const [texts, colours, traces]: [DrawnText[], Set<string>, Record<string, number>] = [[], new Set(), {}];
  const stack: Open[] = [{ tag: '', attributes: {}, matrix: identity, classes: [], style: {} }];
  let line: Line | undefined;
  const close = (): void => {
    if (line && line.text.trim() !== '' && line.at.style.opacity !== '0') texts.push(drawn(line));
    line = undefined;
  };
  const begin = (at: Open, dy: number): void => {
    close();
    const size = Number.parseFloat(at.style['font-size'] ?? '12');
    line = { at, x: Number(at.attributes.x ?? 0), y: Number(at.attributes.y ?? 0) + dy, text: '', width: 0, size };
  };
  for (const [, end, tag, inside, isClosed, letters] of svg
    .replace(/"data:[^"]*"/g, '""')
    .matchAll(/<(\/?)([\w:-]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/g)) {
    const parent = stack.at(-1)!;
    if (letters !== undefined) {
      if (!line) continue;
      const [text, size] = [plain(letters), Number.parseFloat(parent.style['font-size'] ?? '12')];
      line.text += text;
      line.width += widthOf(text, size, parent.style['font-weight'] ?? 'normal');
      line.size = Math.max(size, line.text === text ? size : line.size);
      continue;
    }
    if (end) {
      if (tag === 'text' || (tag === 'tspan' && parent.attributes.class === 'line')) close();
      stack.pop();
      continue;
    }
    const attributes = Object.fromEntries(
      [...inside!.matchAll(/([\w:-]+)=(?:"([^"]*)"|'([^']*)')/g)].map(([, name, one, other]) => [name!, one ?? other!]),
    );
    const classes = [...parent.classes, ...(attributes.class?.split(' ') ?? [])];
    const open: Open = {
      tag: tag!,
      attributes: tag === 'tspan' ? { ...parent.attributes, ...attributes } : attributes,
      matrix: product(parent.matrix, matrixOf(attributes.transform)),
      classes,
      style: { ...parent.style, ...styleOf(attributes.style) },
    };
    const size = Number.parseFloat(open.style['font-size'] ?? '12');
    if (tag === 'text') begin(open, shift(attributes.dy, size));
    if (tag === 'tspan' && attributes.class === 'line') begin(open, shift(attributes.dy, size));
    if (attributes.class?.split(' ').includes('trace')) {
      const subplot = classes.findLast((name) => /^x\d*y\d*$/.test(name));
      if (subplot) traces[subplot] = (traces[subplot] ?? 0) + 1;
    }
    if (!classes.includes('colorbar') && !classes.includes('scrollbar'))
      for (const name of ['fill', 'stroke']) {
        const value = styleOf(attributes.style)[name];
        if (value?.startsWith('rgb')) colours.add(value);
      }
    if (!isClosed) stack.push(open);
  }
  return { width: Number(width), height: Number(height), texts, colours: [...colours], traces };
}

const axesOf = (corners: readonly Point[]): Point[] => [
  [corners[1]![0] - corners[0]![0], corners[1]![1] - corners[0]![1]],
  [corners[3]![0] - corners[0]![0], corners[3]![1] - corners[0]![1]],
];

/** By how many pixels two rectangles, turned or not, lie on each other; 0 where a line can be drawn between them. */
export function overlapOf(a: readonly Point[], b: readonly Point[]): number {
  const depths = [...axesOf(a), ...axesOf(b)].map(([x, y]) => {
    const length = Math.hypot(x, y) || 1;
    const along = (corners: readonly Point[]): number[] => corners.map(([u, v]) => (u * x + v * y) / length);
    const [first, second] = [along(a), along(b)];
    return Math.min(Math.max(...first), Math.max(...second)) - Math.max(Math.min(...first), Math.min(...second));
  });
  return Math.max(0, Math.min(...depths));
}
