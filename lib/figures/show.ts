/** Figures and tables as Jupyter output. Works in every tslab kernel; a plain script prints one line instead. */
import { createRequire } from 'node:module';
import { type Figure, hasPictures, titleOf } from './figure.ts';
import { toPng } from './render.ts';

/** One output in several formats; the front end shows the richest that it knows. Bytes are sent as base64. */
export type MimeBundle = Readonly<Record<string, unknown>> & { readonly 'text/plain': string };

type Send = (
  message: { data: Record<string, unknown>; metadata: Record<string, unknown>; transient: object },
  update: boolean,
) => void;

/** Pixels of a notebook's PNG per CSS pixel: sharp enough on a dense screen, small enough to be committed. */
const notebookZoom = 1.5;
const notebookZoomOfPictures = 1;

/**
 * The running kernel's display function, undefined outside a notebook. tslab's own `display.raw` sends one format only.
 */
function kernelSend(): Send | undefined {
  const jupyter = createRequire(import.meta.url)('tslab/dist/jupyter.js') as { lastWriteDisplayData: Send | null };
  return jupyter.lastWriteDisplayData ?? undefined;
}

/** Shows a bundle as one output of the running cell; outside a notebook it prints the plain text. */
export function showBundle(bundle: MimeBundle, metadata: Record<string, unknown> = {}): void {
  const send = kernelSend();
  if (!send) return console.log(bundle['text/plain']);
  const entries = Object.entries(bundle).map(([type, value]) => [
    type,
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  ]);
  send({ data: Object.fromEntries(entries), metadata, transient: {} }, false);
}

/**
 * Shows a figure in the running notebook cell: interactive where the front end knows Plotly, else as PNG. A figure with
 * pictures goes as PNG alone: there is nothing to hover over, and its data would double the notebook's size. No HTML is
 * sent, because front ends would prefer it to the PNG and most block its scripts. Outside a notebook nothing is drawn
 * and one line with the title is printed.
 */
export async function showFigure(figure: Figure): Promise<void> {
  const plain = `Figure: ${titleOf(figure)}`;
  if (!kernelSend()) return console.log(plain);
  const { width, height } = figure.layout;
  const pictures = hasPictures(figure);
  const plotly = { 'application/vnd.plotly.v1+json': { data: figure.data, layout: figure.layout } };
  const png = await toPng(figure, pictures ? notebookZoomOfPictures : notebookZoom);
  const bundle = { ...(pictures ? {} : plotly), 'image/png': png, 'text/plain': plain };
  showBundle(bundle, { 'image/png': { width, height } });
}
