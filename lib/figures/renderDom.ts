/**
 * Plotly without a browser: the library runs in a jsdom window whose canvas and text measuring are @napi-rs/canvas
 * with one bundled font, so that every machine draws the same picture.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Canvas, createCanvas, GlobalFonts, Image } from '@napi-rs/canvas';
import { type DOMWindow, JSDOM } from 'jsdom';
import { fontFiles, fontName } from './fonts.ts';
import { boxOf, pageBoxOf, type SvgNode } from './renderBox.ts';
import { type Point, pathCorners, pathLength, pointAlong } from './renderPath.ts';

const require = createRequire(import.meta.url);

export interface PlotlyWindow {
  document: Document;
  plotly: {
    newPlot(element: Element, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
    Snapshot: { toSVG(element: Element, format: 'svg', scale: number): Promise<string> };
    purge(element: Element): void;
  };
  /** Starts Plotly's random element names anew, so that a figure's SVG is the same whatever was drawn before. */
  restartNames(): void;
}

/** Canvas elements paint on a @napi-rs canvas (Plotly uses them for heatmaps). */
function installCanvas(window: DOMWindow): void {
  const prototype = window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>;
  prototype.getContext = function (this: HTMLCanvasElement & { painted?: Canvas }) {
    this.painted ??= createCanvas(this.width || 300, this.height || 150);
    return this.painted.getContext('2d');
  };
  prototype.toDataURL = function (this: { painted?: Canvas }) {
    return this.painted?.toDataURL('image/png');
  };
  window.Image = class extends Image {
    setAttribute(name: string, value: string): void {
      if (name === 'src') this.src = value as never;
    }
  } as never;
  (window as unknown as { URL: { createObjectURL: () => string } }).URL.createObjectURL = () => 'blob:none';
}

/** SVG elements answer how large they are. */
function installMeasuring(window: DOMWindow): void {
  const pen = createCanvas(8, 8).getContext('2d');
  const prototype = window.SVGElement.prototype as unknown as Record<string, unknown>;
  prototype.getBBox = function (this: SvgNode) {
    return boxOf(this, pen, fontName);
  };
  prototype.getBoundingClientRect = function (this: SvgNode) {
    const box = pageBoxOf(this, pen, fontName);
    return { ...box, left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
  };
  prototype.getComputedTextLength = function (this: SvgNode) {
    return boxOf(this, pen, fontName).width;
  };
  const corners = (path: SvgNode): Point[] => pathCorners(path.getAttribute('d') ?? '');
  prototype.getTotalLength = function (this: SvgNode) {
    return pathLength(corners(this));
  };
  prototype.getPointAtLength = function (this: SvgNode, distance: number) {
    return pointAlong(corners(this), distance);
  };
}

/** Replaces the window's Math.random, which Plotly uses for names only; returns the function that restarts it. */
function installNames(window: DOMWindow): () => void {
  let state = 0;
  (window as unknown as { Math: Math }).Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // the linear congruential generator of Numerical Recipes
    return state / 2 ** 32;
  };
  return () => {
    state = 0;
  };
}

/** Opens the window and loads Plotly into it: about one second. */
export function openPlotlyWindow(): PlotlyWindow {
  for (const file of fontFiles()) GlobalFonts.registerFromPath(file, fontName);
  const { window } = new JSDOM('<!doctype html>', {
    runScripts: 'outside-only',
    pretendToBeVisual: false,
    url: 'http://localhost/',
  });
  installCanvas(window);
  installMeasuring(window);
  const restartNames = installNames(window);
  window.requestAnimationFrame ??= ((f: () => void) => setTimeout(f, 0)) as never;
  window.eval(readFileSync(require.resolve('plotly.js-dist'), 'utf8'));
  return {
    document: window.document,
    plotly: (window as unknown as { Plotly: PlotlyWindow['plotly'] }).Plotly,
    restartNames,
  };
}
