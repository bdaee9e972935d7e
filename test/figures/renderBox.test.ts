import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { beforeAll, describe, expect, it } from 'vitest';
import { fontFiles, fontName } from '../../lib/figures/fonts.ts';
import { boxOf, pageBoxOf, type SvgNode, transformOf } from '../../lib/figures/renderBox.ts';

/** A stand-in for an SVG element. */
function node(
  tagName: string,
  attributes: Record<string, string | number> = {},
  children: SvgNode[] = [],
  style: SvgNode['style'] = {},
): SvgNode {
  const own: SvgNode = {
    tagName,
    style,
    children,
    textContent: String(attributes.text ?? ''),
    getAttribute: (name) => (name in attributes ? String(attributes[name]) : null),
    querySelectorAll: () => [],
  };
  for (const child of children) child.parentNode = own;
  return own;
}
const pen = createCanvas(8, 8).getContext('2d');
beforeAll(() => {
  for (const file of fontFiles()) GlobalFonts.registerFromPath(file, fontName);
});
const rounded = (box: object): object =>
  JSON.parse(JSON.stringify(box, (_, v) => (typeof v === 'number' ? Math.round(v * 1e6) / 1e6 + 0 : v)));

describe('sizes without a browser', () => {
  it('read translate, rotate and scale, applied from right to left', () => {
    expect(transformOf(node('g', { transform: 'translate(10,20) scale(2)' }))).toEqual([2, 0, 0, 2, 10, 20]);
    const quarter = transformOf(node('g', { transform: 'rotate(90, 5, 5)' })); // turns (6, 5) to (5, 6)
    expect(quarter[0] * 6 + quarter[2] * 5 + quarter[4]).toBeCloseTo(5, 12);
    expect(quarter[1] * 6 + quarter[3] * 5 + quarter[5]).toBeCloseTo(6, 12);
    expect(transformOf(node('g'))).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it('join the boxes of a group, each moved by its own transform', () => {
    const group = node('g', { transform: 'translate(1,1)' }, [
      node('rect', { x: 0, y: 0, width: 2, height: 3 }),
      // lies on its side left of x = 10
      node('rect', { x: 0, y: 0, width: 2, height: 4, transform: 'translate(10,20) rotate(90)' }),
    ]);
    expect(rounded(boxOf(group, pen, fontName))).toEqual({ x: 0, y: 0, width: 10, height: 22 });
    expect(rounded(pageBoxOf(group, pen, fontName))).toEqual({ x: 1, y: 1, width: 10, height: 22 });
  });

  it('measure text by the bundled font from its anchor', () => {
    pen.font = `normal 20px "${fontName}"`;
    const { width } = pen.measureText('Epoch');
    const text = (anchor: string) =>
      node('text', { text: 'Epoch', x: 100, y: 50, 'text-anchor': anchor }, [], { fontSize: '20px' });
    expect(width).toBeGreaterThan(50);
    expect(boxOf(text('start'), pen, fontName)).toMatchObject({ x: 100, width });
    expect(boxOf(text('middle'), pen, fontName).x).toBeCloseTo(100 - width / 2, 9);
    expect(boxOf(text('end'), pen, fontName).x).toBeCloseTo(100 - width, 9);
  });

  it('give an empty box to what has no size', () => {
    expect(boxOf(node('g'), pen, fontName)).toEqual({ x: 0, y: 0, width: 0, height: 0 });
    expect(boxOf(node('path', { d: 'M0,0L5,5' }), pen, fontName)).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });
});
