import { describe, expect, it } from 'vitest';
import { type Figure, titleOf } from '../../../lib/figures/figure.ts';
import { createAxUnet, variants } from '../../../lib/model/axunet.ts';
import { architectureDiagram } from '../../../notebooks/lessons/figures/architectureDiagram.ts';
import { placeLayers } from '../../../notebooks/lessons/figures/architectureLayout.ts';
import {
  adaptiveWindows,
  asppReceptiveField,
  kernelTaps,
  shareOfTapsInside,
} from '../../../notebooks/lessons/figures/asppReceptiveField.ts';
import { type LayerNode, modelLayers, separableLevels } from '../../../notebooks/lessons/figures/modelLayers.ts';
import {
  separableConvolution,
  separableCost,
  standardCost,
} from '../../../notebooks/lessons/figures/separableConvolution.ts';

const traces = (figure: Figure): Record<string, any>[] => figure.data as Record<string, any>[];
const texts = (figure: Figure): string[] =>
  ((figure.layout.annotations ?? []) as { text: string }[]).map((a) => a.text);
const layersOf = Object.fromEntries(
  variants.map((variant) => [variant, modelLayers(createAxUnet({ variant, width: 4, inputSize: [64, 96] }))]),
);

describe('the layers of a model', () => {
  it('are read with kind, shape, parameters and inputs', () => {
    const layers = layersOf.residual!;
    const find = (name: string): LayerNode => layers.find((l) => l.name === name)!;
    expect(find('c1')).toEqual({
      name: 'c1',
      kind: 'block',
      outputShape: [64, 96, 4],
      parameters: 9 * 12 + 4 + 9 * 16 + 4 + 32,
      inputs: ['image'],
      detail: undefined,
    });
    expect(find('c2')).toMatchObject({ kind: 'separable', outputShape: [32, 48, 8], inputs: ['p1'] });
    expect(find('s1')).toMatchObject({ kind: 'shortcut', inputs: ['p1'] });
    expect(find('sum2')).toMatchObject({ kind: 'add', inputs: ['s1', 'p2'] });
    expect(find('aspp3')).toMatchObject({ kind: 'convolution', detail: '3×3, rate 6' });
    expect(find('aspp4')).toMatchObject({ kind: 'resize', inputs: ['aspp4_3x3'] });
    expect(layersOf.grouped!.find((l) => l.name === 'merge6')).toMatchObject({ kind: 'grouped' });
    expect(layers.reduce((sum, l) => sum + l.parameters, 0)).toBe(120_546); // paper-facts: residual, width 4
  });

  it('give the channels of each separable convolution', () => {
    expect(
      separableLevels(layersOf.residual!).map((l) => [l.name, l.inputChannels, l.outputChannels, l.height]),
    ).toEqual([
      ['c2', 4, 8, 32],
      ['c3', 8, 16, 16],
      ['c4', 16, 32, 8],
      ['c5', 32, 64, 4],
      ['c6', 64, 32, 8],
      ['c7', 32, 16, 16],
      ['c8', 16, 8, 32],
      ['c9', 8, 4, 64],
    ]);
    expect(separableLevels(layersOf.unet!)).toEqual([]);
  });
});

describe('the architecture diagram', () => {
  it.each(variants)('places the %s network without overlapping boxes, from left to right', (variant) => {
    const placed = placeLayers(layersOf[variant]!);
    const byName = new Map(placed.map((l) => [l.name, l]));
    for (const layer of placed)
      for (const input of layer.inputs) expect(byName.get(input)!.x).toBeLessThanOrEqual(layer.x);
    const centres = placed.map((l) => ({
      x: 98 * l.x,
      y: 108 * l.level + l.drop,
      w: l.main ? 92 : 20,
      h: l.main ? 50 : 20,
    }));
    for (let i = 0; i < centres.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [centres[i]!, centres[j]!];
        const apart = Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2;
        expect(apart, `${placed[i]!.name} and ${placed[j]!.name}`).toBe(true);
      }
    }
  });

  it('draws every layer and every connection', () => {
    const layers = layersOf.residual!;
    const figure = architectureDiagram(layers);
    const edges = layers.reduce((sum, l) => sum + l.inputs.length, 0);
    const arrows = (figure.layout.annotations as { showarrow: boolean; arrowcolor?: string }[]).filter(
      (a) => a.showarrow,
    );
    expect(figure.layout.shapes).toHaveLength(layers.length);
    expect(arrows).toHaveLength(edges);
    const colourOf = (name: string): string => traces(figure).find((t) => t.name === name)!.line.color;
    expect(arrows.filter((a) => a.arrowcolor === colourOf('Skip connection'))).toHaveLength(4); // c1 to c4
    // into and out of s1 to s3
    expect(arrows.filter((a) => a.arrowcolor === colourOf('Residual shortcut'))).toHaveLength(6);
    expect(texts(figure)).toEqual(expect.arrayContaining(['<b>c5</b><br>64 ch<br>40.2 k', '64×96', '4×6']));
    expect(layers.find((l) => l.name === 'c5')!.parameters).toBe(
      32 * 64 + 64 + (9 * 64 + 64) + 4 * 64 + (9 * 64 * 64 + 64) + 4 * 64,
    );
    expect(titleOf(figure)).toBe('The network, drawn from the model: 120,546 parameters in 40 layers');
  });

  it('has no residual path in the plain network', () => {
    expect(traces(architectureDiagram(layersOf.plain!)).map((t) => t.name)).not.toContain('Residual shortcut');
  });
});

describe('the receptive field of ASPP', () => {
  it('puts nine taps around the centre', () => {
    expect(kernelTaps([5, 7], 2)).toEqual([
      [3, 5],
      [3, 7],
      [3, 9],
      [5, 5],
      [5, 7],
      [5, 9],
      [7, 5],
      [7, 7],
      [7, 9],
    ]);
  });

  it('counts the share of taps inside as a count over all positions does', () => {
    for (const [map, rate] of [
      [[32, 32], 6],
      [[4, 7], 2],
      [[5, 3], 4],
      [[8, 8], 36],
      [[1, 1], 1],
    ] as const) {
      let inside = 0;
      for (let y = 0; y < map[0]; y++) {
        for (let x = 0; x < map[1]; x++)
          inside += kernelTaps([y, x], rate).filter(([r, c]) => r >= 0 && c >= 0 && r < map[0] && c < map[1]).length;
      }
      expect(shareOfTapsInside(map, rate)).toBeCloseTo(inside / (9 * map[0] * map[1]), 12);
    }
    expect(shareOfTapsInside([32, 32], 36)).toBeCloseTo(1 / 9, 12); // the centre alone
  });

  it('has the windows of the reference on 32 rows', () => {
    expect(adaptiveWindows(32, 3)).toEqual([
      [0, 11],
      [10, 22],
      [21, 32],
    ]); // paper-facts, section 2
    expect(adaptiveWindows(3, 3)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('marks in the corner the five of nine taps that read padding', () => {
    const figure = asppReceptiveField([32, 32], [2, 4, 6]);
    const taps = (name: string): number[] =>
      traces(figure)
        .filter((t) => t.name === name)
        .map((t) => t.x.length);
    expect(taps('Tap on the map')).toEqual([13, 13, 13]); // 9 in the middle, 4 in the corner
    expect(taps('Tap on zero padding')).toEqual([5, 5, 5]);
    expect(figure.layout.shapes).toHaveLength(4 + 9); // four borders, nine windows
    expect(texts(figure)).toEqual([
      'Rate 2: 5×5 field<br>92 % of all taps inside',
      'Rate 4: 9×9 field<br>84 % of all taps inside',
      'Rate 6: 13×13 field<br>77 % of all taps inside',
      'Pool 3×3, rows<br>0–10, 10–21, 21–31',
    ]);
  });
});

describe('the cost of a separable convolution', () => {
  const c2 = { name: 'c2', inputChannels: 64, outputChannels: 128, height: 256, width: 256 };

  it('is counted with weights, biases and multiply-adds', () => {
    expect(standardCost(c2)).toEqual({ parameters: 73_856, macs: 65_536 * 73_728 });
    expect(separableCost(c2)).toEqual({ parameters: 64 * 128 + 128 + 9 * 128 + 128, macs: 65_536 * (8192 + 1152) });
    // c2 of the paper's table: separable half, two batch norms (4 · 128 each), ordinary 3×3
    expect(separableCost(c2).parameters + 2 * 512 + 9 * 128 * 128 + 128).toBe(158_208);
  });

  it('is drawn beside the standard one, with the totals', () => {
    const figure = separableConvolution([c2]);
    const points = traces(figure).filter((t) => t.mode === 'markers');
    expect(points.map((t) => t.y[0])).toEqual([73_856, 9600, 65_536 * 73_728, 65_536 * 9344]);
    const [joins] = traces(figure);
    expect([joins!.x, joins!.y]).toEqual([
      ['c2', 'c2', null],
      [73_856, 9600, null],
    ]);
    expect(texts(figure)).toEqual(['all: 73.9 k → 9.6 k (7.7 times fewer)', 'all: 4.83 G → 612 M (7.9 times fewer)']);
  });
});
