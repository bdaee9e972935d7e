/** The three files of a report: complete or absent, and never in the place of what they are made from. */
import path from 'node:path';
import { aName, expected, isName, shownText } from '../errors.ts';
import { toPng } from '../figures/render.ts';
import { sha256, writeFileAtomic, writeJson } from '../io/files.ts';
import { wouldTouch } from '../io/insideFolder.ts';
import { assertWritableFile } from '../io/writable.ts';
import { htmlOf } from './html.ts';
import { pageOf } from './page.ts';
import { pngOf } from './png.ts';
import type { MadeReport } from './report.ts';

/** Where the files of a report lie. */
export interface ReportFiles {
  readonly html: string;
  readonly png: string;
  readonly json: string;
}

/** The files of a report by the scan's name. */
export function reportFiles(out: string, name: string): ReportFiles {
  const isPlain = isName(name) && !/[/\\]/.test(name) && name.trim() !== '';
  if (!isPlain) throw expected(`a name for the report's files (${aName}, / or \\; --name)`, shownText(name));
  const at = (ending: string): string => path.join(out, `${name}.report.${ending}`);
  return { html: at('html'), png: at('png'), json: at('json') };
}

/**
 * Throws a UserError where a file of the report would lie inside of a source that is a folder (a DICOM series, a run),
 * or in the place of one that is a file, or cannot be written.
 */
export async function refuseReplacing(files: ReportFiles, sources: readonly string[]): Promise<void> {
  for (const file of Object.values(files)) {
    const source = sources.find((one) => wouldTouch(file, one));
    if (source !== undefined)
      throw expected('another folder for the report than that of its sources', `a place in ${source}`, file);
    await assertWritableFile(file);
  }
}

/** Twice as fine as the page shows it, for an eye that comes nearer. */
const pictureZoom = 2;

/** Writes the page as HTML and PNG, and the JSON, with the checksums of the two, last. */
export async function writeScanReport({ report, figure }: MadeReport, files: ReportFiles): Promise<void> {
  const page = pageOf(report);
  const { width, height } = figure.layout;
  const picture = { png: await toPng(figure, pictureZoom), width, height };
  const [html, png] = [htmlOf(page, picture.png), pngOf(page, picture)];
  await writeFileAtomic(files.html, html);
  await writeFileAtomic(files.png, png);
  const made = { [path.basename(files.html)]: sha256(html), [path.basename(files.png)]: sha256(png) };
  await writeJson(files.json, { ...report, files: made });
}
