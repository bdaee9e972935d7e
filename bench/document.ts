/** The parts of docs/benchmarks.md that jobs fill with what they measured, each between two comments. */
import { expected } from '../lib/errors.ts';
import { readText, writeFileAtomic } from '../lib/io/files.ts';
import { projectPath } from '../lib/settings.ts';
import { wrapMarkdown } from '../scripts/docs-wrap.mjs';

const documentFile = projectPath('docs/benchmarks.md');

/** `document` with `text` between the two comments of a job. Throws where it does not have them. */
export function withMeasured(document: string, job: string, text: string): string {
  const [opening, closing] = [`<!-- measured: ${job} -->`, `<!-- end of measured: ${job} -->`];
  const [start, end] = [document.indexOf(opening), document.indexOf(closing)];
  if (start < 0 || end < start) throw expected(`the comments ${opening} and ${closing}`, 'none', documentFile);
  return `${document.slice(0, start + opening.length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** Puts what a job measured into docs/benchmarks.md. */
export async function fillDocument(job: string, text: string): Promise<void> {
  const document = await readText(documentFile, 'a document');
  await writeFileAtomic(documentFile, wrapMarkdown(withMeasured(document, job, text)));
}
