/** The HTML of a viewer page: texts, packed voxels and scripts in one file. */
import { createHash } from '#system/crypto';
import { fileURLToPath } from '#system/url';
import { readTextSync } from '../io/files.ts';
import { escapeHtml } from '../report/html.ts';

/** What stands on a page. */
export interface PageParts {
  readonly title: string;
  /** Sentences below the pictures. */
  readonly notes: readonly string[];
  /** What the script reads, as JSON. */
  readonly content: object;
  /** Base64. */
  readonly voxels: string;
  readonly masks: readonly string[];
  /** The script of NiiVue, where the body is drawn as well. */
  readonly niivue?: string;
}

/** A part of the page, its lines ended as a browser ends them before it takes the sum of a script. */
const partOf = (name: string): string =>
  readTextSync(fileURLToPath(new URL(`./page/${name}`, import.meta.url)), "a part of the viewer's page").replaceAll(
    '\r\n',
    '\n',
  );

/** JSON inside of HTML, where `</script>` would end it. */
const asJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const sumOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** Only these very scripts may run and nothing is fetched; NiiVue has its letters as a picture inside. */
function policyFor(scripts: readonly string[], niivue: boolean): string {
  const ownOnly = niivue ? ' img-src data: blob:; connect-src data: blob:;' : '';
  return `default-src 'none'; style-src 'unsafe-inline';${ownOnly} script-src ${scripts.map(sumOf).join(' ')}`;
}

/** The page as one text. */
export function pageHtml({ title, notes, content, voxels, masks, niivue }: PageParts): string {
  const isInSpace = niivue !== undefined;
  const script = partOf('browser.mjs') + (isInSpace ? partOf('space.mjs') : '');
  const data = [voxels, ...masks].map(
    (text, i) => `<script type="text/plain" id="${i === 0 ? 'voxels' : `mask-${i - 1}`}">${text}</script>`,
  );
  const body = partOf('body.html')
    .replace('<!-- space -->\n', () => (isInSpace ? partOf('space.html') : ''))
    .replace('<!-- notes -->', () => notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n'));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(isInSpace ? [niivue, script] : [script], isInSpace)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${partOf('style.css')}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}<script type="application/json" id="content">${asJson(content)}</script>
${data.join('\n')}
${isInSpace ? `<script>${niivue}</script>\n` : ''}<script type="module">${script}</script>
</body>
</html>
`;
}
