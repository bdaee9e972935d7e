/** A page as one HTML file that asks for nothing else: no script, no font, no picture from elsewhere. */
import { cleanText } from '../errors.ts';
import type { Block, Page, Section } from './page.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML and SVG have it, in elements and in attributes: clean, since XML knows no control characters. */
export const escapeHtml = (text: string): string => cleanText(text).replace(/[&<>"']/g, (letter) => entities[letter]!);

const style = `
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem; margin: 0 auto;
  padding: 1rem 1.5rem 2rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.6rem 0 0.5rem; }
p { margin: 0.4rem 0; max-width: 52rem; }
.notice { border: 2px solid #a33; padding: 0.5rem 0.8rem; font-weight: 600; max-width: none; }
.warnings { border-left: 5px solid #d55e00; background: #fdf3ea; margin: 0.6rem 0; padding: 0.4rem 0.8rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #ddd; padding: 0.25rem 1.2rem 0.25rem 0; text-align: left; vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
tbody th { font-weight: normal; color: #444; }
img { width: 100%; min-width: 42rem; height: auto; }
footer { margin-top: 2rem; color: #555; }
@media print { body { max-width: none; padding: 0; } tr, img { break-inside: avoid; } }
`;

function tableHtml([head = [], ...rows]: readonly (readonly string[])[]): string {
  const heads = head.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${escapeHtml(cell)}</th>`)).join('');
  const lines = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(first)}</th>${rest}</tr>`;
  });
  const parts = [`<thead><tr>${heads}</tr></thead>`, '<tbody>', ...lines, '</tbody>'];
  return `<div class="scroll"><table>\n${parts.join('\n')}\n</table></div>`;
}

function blockHtml(block: Block, picture: Uint8Array): string {
  if (block.kind === 'table') return tableHtml(block.rows);
  if (block.kind === 'picture') {
    const source = `data:image/png;base64,${Buffer.from(picture).toString('base64')}`;
    return `<div class="scroll"><img alt="${escapeHtml(block.text)}" src="${source}"></div>`;
  }
  const sentences = block.sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
  return block.kind === 'warnings' ? `<div class="warnings" role="note">\n${sentences}\n</div>` : sentences;
}

const sectionHtml = ({ title, blocks }: Section, picture: Uint8Array): string =>
  [
    '<section>',
    `<h2>${escapeHtml(title)}</h2>`,
    ...blocks.map((block) => blockHtml(block, picture)),
    '</section>',
  ].join('\n');

/** Forbids what the page does not have anyway, should a text ever slip through unescaped. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** The page with its picture, a PNG, inside. */
export function htmlOf({ title, notice, sections, foot }: Page, picture: Uint8Array): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="notice">${escapeHtml(notice)}</p>
${sections.map((section) => sectionHtml(section, picture)).join('\n')}
<footer>${escapeHtml(foot)}</footer>
</body>
</html>
`;
}
