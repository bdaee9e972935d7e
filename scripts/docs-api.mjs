// Writes docs/api from the doc comments: a page for each room with the names that `axunet` and `axunet-engine` export,
// their
// declarations as the compiler writes them, and a link to the source.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inProject, Problem, root, run } from './common.mjs';
import { exportsOf } from './docs-exports.mjs';
import { wrapMarkdown } from './docs-wrap.mjs';
import { typescriptFile } from './install.mjs';

const biomeFile = inProject('node_modules/@biomejs/biome/bin/biome');

/** The packages' entry files, by the name that importing code uses. */
export const entries = { axunet: 'lib/index.ts', 'axunet-engine': 'lib/engine/index.ts' };

/** Lets the compiler write the declarations of lib/ into `folder`. */
async function writeDeclarations(folder) {
  const config = path.join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: folder,
    types: ['node'],
    typeRoots: [inProject('node_modules/@types')],
  };
  const include = [inProject('lib')];
  fs.writeFileSync(config, JSON.stringify({ extends: inProject('tsconfig.json'), compilerOptions, include }));
  const { code, stdout } = await run(process.execPath, [typescriptFile, '-p', config]);
  if (code !== 0) throw new Problem(`The declarations could not be written: ${stdout.trim().split('\n')[0]}`);
}

/** The names that all packages export; a name of both belongs to the first. */
function publicNames(folder) {
  const found = new Map();
  for (const [name, entry] of Object.entries(entries)) {
    const file = path.join(folder, entry.replace(/\.ts$/, '.d.ts'));
    if (!fs.existsSync(file)) continue;
    for (const each of exportsOf(folder, file)) {
      if (!found.has(each.name)) found.set(each.name, { ...each, from: name, source: sourceOf(folder, each.file) });
    }
  }
  return [...found.values()];
}

const sourceOf = (folder, file) =>
  path
    .relative(folder, file)
    .split(path.sep)
    .join('/')
    .replace(/\.d\.ts$/, '.ts');

/** `lib/io/nifti.ts` is in the room `io`, `lib/random.ts` in `basics`. */
const roomOf = (source) => (source.split('/').length > 2 ? source.split('/')[1] : 'basics');

const separator = '// name ';

/** The declarations as this project formats code, without what is private. */
async function formatDeclarations(names, folder) {
  const file = path.join(folder, 'names.ts');
  fs.writeFileSync(file, names.map(({ text }, i) => `${separator}${i}\n${publicText(text)}`).join('\n'));
  const options = ['format', '--write', `--config-path=${inProject('biome.json')}`, file];
  const { code, stderr } = await run(process.execPath, [biomeFile, ...options], { cwd: folder });
  if (code !== 0) throw new Problem(`The declarations could not be formatted: ${stderr.trim().split('\n')[0]}`);
  const parts = fs.readFileSync(file, 'utf8').split(new RegExp(`^${separator}\\d+\\n`, 'm'));
  return names.map((each, i) => ({ ...each, text: parts[i + 1].trim().replace(/^declare /gm, '') }));
}

const publicText = (text) => text.replace(/^\s*(#private|private [^;]*);\n/gm, '');

/** One name: heading, declaration, comment, source. */
function entryText({ name, text, comment, source, from }) {
  const code = text === '' ? '' : `\n\`\`\`ts\n${text}\n\`\`\`\n`;
  const origin = from === 'axunet' ? '' : ` (import from \`${from}\`)`;
  return `## ${name}\n${code}\n${comment ?? ''}\n\n[${source}](../../${source})${origin}\n`;
}

/** Names in the order of the alphabet, each with the anchor that its heading gets in a page of all of them. */
function withAnchors(names) {
  const seen = new Map();
  const sorted = [...names].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((each) => {
    const plain = each.name.toLowerCase();
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return { ...each, anchor: before === 0 ? plain : `${plain}-${before}` };
  });
}

/** The pages by file name. */
function pagesOf(names) {
  const rooms = [...new Set(names.map(({ source }) => roomOf(source)))].sort();
  const pages = new Map();
  const index = [
    '# API reference',
    '',
    'Every name that the doors of `axunet` and `axunet-engine` export, by room. ' +
      '`npm run docs` makes these pages from the doc comments.',
    '',
  ];
  for (const room of rooms) {
    const own = withAnchors(names.filter(({ source }) => roomOf(source) === room));
    pages.set(`${room}.md`, wrapMarkdown(`# ${room}\n\n${own.map(entryText).join('\n')}`));
    index.push(
      `- **[${room}](${room}.md)**: ${own.map(({ name, anchor }) => `[\`${name}\`](${room}.md#${anchor})`).join(', ')}`,
    );
  }
  pages.set('README.md', wrapMarkdown(`${index.join('\n')}\n`));
  return pages;
}

/** Makes the pages; resolves to a Map of file names and texts. */
export async function apiPages() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'axunet-api-'));
  try {
    await writeDeclarations(folder);
    return pagesOf(await formatDeclarations(publicNames(folder), folder));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
