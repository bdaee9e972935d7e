import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../lib/figures/figure.ts';
import { overlayGrid } from '../../lib/figures/overlayGrid.ts';
import { svgToPng, toPng, toSvg } from '../../lib/figures/render.ts';
import { axis, emptyFigure, makeFigure } from '../../lib/figures/theme.ts';
import { trainingCurves } from '../../lib/figures/trainingCurves.ts';
import { architectureDiagram } from '../../notebooks/lessons/figures/architectureDiagram.ts';
import { curve } from './curve.ts';

/** The texts of an SVG, in order. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, inner]) => inner!.replace(/<[^>]+>/g, ''));
const count = (svg: string, pattern: RegExp): number => [...svg.matchAll(pattern)].length;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const slice = {
  values: Float32Array.from({ length: 48 }, (_, i) => i),
  height: 6,
  width: 8,
  spacingMm: [2, 1] as const,
  range: [0, 47] as const,
};
const mask = Uint8Array.from({ length: 48 }, (_, i) => Number(i === 10 || i === 11));

describe('rendering', () => {
  it('writes title, axis titles with units, ticks and legend as text', async () => {
    const texts = textsOf(await toSvg(curve));
    expect(texts).toEqual(
      expect.arrayContaining([
        'Loss ± µ',
        'Epoch',
        'Loss (nats)',
        'Erste Kurve',
        'Second',
        '0.1',
        '0.2',
        '0.5',
        '1',
        '2',
        '3',
      ]),
    );
  });

  it('draws one mark per point', async () => {
    const svg = await toSvg(curve);
    expect(count(svg, /<path class="point"/g)).toBe(5); // 3 of the first trace and 2 of the second
    expect(count(svg, /class="js-line"/g)).toBe(2); // the line and its sample in the legend
  });

  it('gives the same bytes again, whatever was drawn in between', async () => {
    const first = await toSvg(structuredClone(curve));
    await toSvg(emptyFigure('other', 'nothing'));
    const [second, third] = await Promise.all([toSvg(structuredClone(curve)), toSvg(structuredClone(curve))]);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(sha256(svgToPng(second))).toBe(sha256(svgToPng(first)));
  });

  it('keeps the figure that was given unchanged', async () => {
    const given = structuredClone(curve);
    await toSvg(given);
    expect(given).toEqual(curve);
  });

  it('draws an object once: notebooks keep each figure as files and show it', async () => {
    const given = structuredClone(curve);
    const svg = toSvg(given);
    expect(toSvg(given)).toBe(svg);
    const wrong = { ...given, data: 'no list' } as unknown as Figure;
    await expect(toSvg(wrong)).rejects.toThrow();
    await expect(toSvg({ ...given })).resolves.toBe(await svg);
  });

  it('makes PNG of the size in the layout times the zoom', async () => {
    const png = await toPng(curve, 1.5);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([720, 450]);
  });

  it('keeps every label inside the picture: margins grow with long tick labels', async () => {
    const wide = makeFigure(
      [{ type: 'bar', orientation: 'h', x: [1], y: ['a very long category name indeed'] }] as Figure['data'],
      {
        ...{ title: 't', width: 480, height: 200 },
        xaxis: axis({ title: 'Length', unit: 'mm' }),
        yaxis: axis({ type: 'category' }),
      },
    );
    const svg = await toSvg(wide);
    const start = Number(/<g class="ytick"><text[^>]*? x="([\d.]+)"/.exec(svg)![1]); // right end of the label
    expect(start).toBeGreaterThan(31 * 6); // 31 letters of more than 6 px each fit left of it
  });

  it('shows slices as pictures, outlines as lines and arrows with heads', async () => {
    const svg = await toSvg(overlayGrid([{ id: 'case 7', slice, label: mask, prediction: mask, dice: 1 }]));
    expect(count(svg, /<image /g)).toBe(3);
    expect(count(svg, /href="data:image\/png/g)).toBe(3);
    expect(count(svg, /class="js-line"/g)).toBe(5); // label; label and prediction; two in the legend
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['CT', 'case 7', 'DSC 1.000', 'Label', 'Prediction']));
    const network = await toSvg(
      architectureDiagram([
        { name: 'image', kind: 'input', outputShape: [32, 32, 3], parameters: 0, inputs: [] },
        { name: 'c1', kind: 'block', outputShape: [32, 32, 8], parameters: 872, inputs: ['image'] },
      ]),
    );
    expect(count(network, /class="annotation-arrow-g"/g)).toBe(1);
  });

  it('draws curves whose loss holds NaN', async () => {
    const records = [1, 2].map((epoch) => ({
      kind: 'epoch' as const,
      step: epoch,
      epoch,
      loss: epoch === 1 ? NaN : 0.5,
      learningRate: 1,
      seconds: 1,
    }));
    expect(textsOf(await toSvg(trainingCurves(records)))).toContain('Training loss, epoch by epoch');
  });
});
