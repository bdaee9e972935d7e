/** Figures to SVG and PNG in Node alone: Plotly in jsdom writes the SVG, resvg paints it. */
import { Resvg } from '@resvg/resvg-js';
import type { Figure } from './figure.ts';
import { fontFiles, fontName } from './fonts.ts';
import type { PlotlyWindow } from './renderDom.ts';

let opened: PlotlyWindow | undefined;
let last: Promise<unknown> = Promise.resolve();

type Axis = Record<string, unknown>;

/** Numeric tick labels vanish where sizes are estimated, unless they may leave the plotting area. */
function keepTickLabels(figure: Figure): Figure {
  const copy = structuredClone(figure) as unknown as { data: Axis[]; layout: Record<string, Axis> };
  const axes = ['xaxis', 'yaxis', ...Object.keys(copy.layout).filter((key) => /^[xy]axis\d+$/.test(key))];
  for (const axis of axes) copy.layout[axis] = { ticklabeloverflow: 'allow', ...copy.layout[axis] };
  for (const trace of copy.data) {
    if (trace.colorbar) trace.colorbar = { ticklabeloverflow: 'allow', ...(trace.colorbar as Axis) };
  }
  return copy as unknown as Figure;
}

/** jsdom and Plotly are loaded with the first figure, because they take seconds that most commands do not need. */
const openWindow = async (): Promise<PlotlyWindow> => (await import('./renderDom.ts')).openPlotlyWindow();

/**
 * Cells of a heat map keep sharp edges when the picture is enlarged; smoothed ones are
 * no truer and ten times the bytes.
 */
function crispHeatMaps(svg: string, { data }: Figure): string {
  const hasCells = data.some(({ type }) => type === 'heatmap');
  return hasCells ? svg.replaceAll('<image ', '<image image-rendering="optimizeSpeed" ') : svg;
}

async function draw(figure: Figure): Promise<string> {
  const { document, plotly, restartNames } = (opened ??= await openWindow());
  const { data, layout } = keepTickLabels(figure);
  const element = document.createElement('div');
  document.body.append(element);
  restartNames();
  try {
    await plotly.newPlot(element, data, layout, { staticPlot: true });
    const svg = crispHeatMaps(await plotly.Snapshot.toSVG(element, 'svg', 1), figure);
    // resvg does not follow quoted references
    return svg.replace(/url\((?:&quot;|'|")(.*?)(?:&quot;|'|")\)/g, 'url($1)');
  } finally {
    plotly.purge(element);
    element.remove();
  }
}

/** What was drawn, as long as the figure is in use: a notebook keeps each figure as files and shows it. */
const drawn = new WeakMap<Figure, Promise<string>>();

/**
 * The figure as an SVG document of layout.width × layout.height pixels. The same figure gives the same text, whatever
 * was drawn before; calls wait for each other. An object is drawn once: a figure that changes has to be a new object.
 */
export function toSvg(figure: Figure): Promise<string> {
  const known = drawn.get(figure);
  if (known) return known;
  const result = last.then(() => draw(figure));
  last = result.catch(() => drawn.delete(figure));
  drawn.set(figure, result);
  return result;
}

/** Paints an SVG document on white; `zoom` is pixels of the PNG per CSS pixel. */
export function svgToPng(svg: string, zoom = 2): Buffer {
  const font = { fontFiles: fontFiles(), loadSystemFonts: false, defaultFontFamily: fontName };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, background: 'white', font }).render().asPng();
}

/** The figure as PNG bytes, `zoom` pixels per CSS pixel. */
export const toPng = async (figure: Figure, zoom = 2): Promise<Buffer> => svgToPng(await toSvg(figure), zoom);
