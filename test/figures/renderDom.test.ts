/** Plotly in a window without a browser. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openPlotlyWindow, type PlotlyWindow } from '../../lib/figures/renderDom.ts';

const svgSpace = 'http://www.w3.org/2000/svg';

describe('openPlotlyWindow', () => {
  let opened: PlotlyWindow;
  beforeAll(() => {
    opened = openPlotlyWindow();
  });

  it('measures text by the bundled font: twice as wide in twice the size', () => {
    const widthOf = (size: number): number => {
      const text = opened.document.createElementNS(svgSpace, 'text') as SVGTextElement;
      text.textContent = 'Epoch';
      text.style.fontSize = `${size}px`;
      return text.getComputedTextLength();
    };
    expect(widthOf(20)).toBeGreaterThan(40);
    expect(widthOf(40) / widthOf(20)).toBeCloseTo(2, 1);
  });
  it('knows the length of a path of lines', () => {
    const line = opened.document.createElementNS(svgSpace, 'path') as SVGPathElement;
    line.setAttribute('d', 'M0,0L3,4');
    expect(line.getTotalLength()).toBe(5);
    expect(line.getPointAtLength(2.5)).toEqual({ x: 1.5, y: 2 });
  });
  it('has canvases that can be painted, as heat maps need', () => {
    const canvas = opened.document.createElement('canvas');
    canvas.getContext('2d')!.fillRect(0, 0, 2, 2);
    expect(canvas.toDataURL()).toMatch(/^data:image\/png;base64,/);
  });
  it('draws the same names again when they are started anew', async () => {
    const draw = async (): Promise<string> => {
      opened.restartNames();
      const element = opened.document.createElement('div');
      opened.document.body.append(element);
      await opened.plotly.newPlot(element, [{ y: [1, 2] }], { width: 200, height: 150 }, { staticPlot: true });
      const svg = await opened.plotly.Snapshot.toSVG(element, 'svg', 1);
      opened.plotly.purge(element);
      element.remove();
      return svg;
    };
    const first = await draw();
    expect(first).toMatch(/^<svg/);
    expect(await draw()).toBe(first);
  });
});
