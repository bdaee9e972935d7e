import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Figure } from '../../lib/figures/figure.ts';
import { overlayGrid } from '../../lib/figures/overlayGrid.ts';
import { svgToPng, toPng, toSvg } from '../../lib/figures/render.ts';
import { saveFigure } from '../../lib/figures/saveFigure.ts';
import { showBundle, showFigure } from '../../lib/figures/show.ts';
import { axis, emptyFigure, logAxis, makeFigure } from '../../lib/figures/theme.ts';
import { trainingCurves } from '../../lib/figures/trainingCurves.ts';
import { architectureDiagram } from '../../notebooks/lessons/figures/architectureDiagram.ts';

const curve = makeFigure(
  [
    { type: 'scatter', mode: 'lines+markers', name: 'Erste Kurve', x: [1, 2, 3], y: [0.5, 0.2, 0.1] },
    { type: 'scatter', mode: 'markers', name: 'Second', x: [1, 2], y: [0.3, 0.4] },
  ] as Figure['data'],
  {
    title: 'Loss ± µ',
    width: 480,
    height: 300,
    xaxis: axis({ title: 'Epoch' }),
    yaxis: logAxis([0.1, 0.5], { title: 'Loss (nats)' }),
  },
);

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
    const first = await toSvg(curve);
    await toSvg(emptyFigure('other', 'nothing'));
    const [second, third] = await Promise.all([toSvg(curve), toSvg(curve)]);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(sha256(svgToPng(second))).toBe(sha256(svgToPng(first)));
  });

  it('keeps the figure that was given unchanged', async () => {
    const before = JSON.stringify(curve);
    await toSvg(curve);
    expect(JSON.stringify(curve)).toBe(before);
  });

  it('makes PNG of the size in the layout times the zoom', async () => {
    const png = await toPng(curve, 1.5);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([720, 450]);
  });

  it('keeps every label inside the picture: margins grow with long tick labels', async () => {
    const wide = makeFigure(
      [{ type: 'bar', orientation: 'h', x: [1], y: ['a very long category name indeed'] }] as Figure['data'],
      { title: 't', width: 480, height: 200, xaxis: axis(), yaxis: axis() },
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
    expect(textsOf(await toSvg(trainingCurves(records)))).toContain('Training loss');
  });
});

describe('saving', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-figures-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes PNG, SVG and a complete provenance', async () => {
    const input = path.join(folder, 'input.bin');
    writeFileSync(input, 'abc');
    const saved = await saveFigure(folder, 'curve', curve, {
      parameters: { width: 8 },
      inputs: [input],
      seed: 7,
      command: 'npm start',
    });
    const record = JSON.parse(readFileSync(saved.json, 'utf8'));
    expect(record).toMatchObject({
      figure: 'curve',
      title: 'Loss ± µ',
      parameters: { width: 8 },
      seed: 7,
      command: 'npm start',
      createdBy: expect.stringMatching(/^axunet \d+\.\d+\.\d+$/),
    });
    // FIPS 180-2, appendix B.1
    expect(Object.values(record.inputs)).toEqual(['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']);
    expect(path.isAbsolute(Object.keys(record.inputs)[0]!)).toBe(false);
    expect(record.version.package).toMatch(/^\d+\.\d+\.\d+$/);
    expect(record.files).toEqual({
      'curve.png': sha256(readFileSync(saved.png)),
      'curve.svg': sha256(readFileSync(saved.svg)),
    });
    expect(record).not.toHaveProperty('createdAt');
  });

  it('writes the same three files again', async () => {
    const read = (saved: Awaited<ReturnType<typeof saveFigure>>): string[] =>
      Object.values(saved).map((file) => sha256(readFileSync(file as string)));
    const first = read(await saveFigure(folder, 'again', curve, { seed: 1 }));
    expect(read(await saveFigure(folder, 'again', curve, { seed: 1 }))).toEqual(first);
  });

  it('refuses an input that is not there, and writes nothing', async () => {
    await expect(saveFigure(folder, 'missing', curve, { inputs: [path.join(folder, 'absent.npy')] })).rejects.toThrow(
      /absent\.npy/,
    );
    expect(() => readFileSync(path.join(folder, 'missing.png'))).toThrow();
  });
});

describe('showing', () => {
  const jupyter = createRequire(import.meta.url)('tslab/dist/jupyter.js') as { lastWriteDisplayData: unknown };

  it('sends Plotly, PNG and text as one output to a running kernel, without HTML', async () => {
    const sent: { data: Record<string, any>; metadata: Record<string, unknown> }[] = [];
    jupyter.lastWriteDisplayData = (message: (typeof sent)[0]) => sent.push(message);
    try {
      await showFigure(curve);
    } finally {
      jupyter.lastWriteDisplayData = null;
    }
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0]!.data).sort()).toEqual(['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
    expect(sent[0]!.data['text/plain']).toBe('Figure: Loss ± µ');
    expect(sent[0]!.data['application/vnd.plotly.v1+json'].data).toHaveLength(2);
    expect(Buffer.from(sent[0]!.data['image/png'], 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(sent[0]!.metadata).toEqual({ 'image/png': { width: 480, height: 300 } });
  });

  it('prints one plain line outside a notebook', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await showFigure(curve);
    showBundle({ 'text/markdown': '# x', 'text/plain': 'x' });
    expect(log.mock.calls).toEqual([['Figure: Loss ± µ'], ['x']]);
    log.mockRestore();
  });
});
