// `npm run docs`: writes docs/gallery.md from notebooks and figures, docs/api from doc comments,
// docs/decisions/README.md from the
// decisions, and the tables of data/README.md from the registry of data sets.
import fs from 'node:fs';
import path from 'node:path';
import { inProject, Problem, run, runMain } from './common.mjs';
import { apiPages } from './docs-api.mjs';
import { decisionsText } from './docs-decisions.mjs';
import { galleryText } from './docs-gallery.mjs';
import { nodeFlags } from './install.mjs';

/** Puts the registry's tables between their comment and the next section of data/README.md. */
async function writeDatasets() {
  const code = "import { registryMarkdown } from './lib/dataset/registryTable.ts'; console.log(registryMarkdown());";
  const result = await run(process.execPath, [...(await nodeFlags()), '--input-type=module', '--eval', code]);
  if (result.code !== 0) throw new Problem(`The registry of data sets could not be read: ${result.stderr.trim()}`);
  const file = inProject('data/README.md');
  const text = fs.readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf('| name | what |'), text.indexOf('\n## Good to know')];
  if (start < 0 || end < start) throw new Problem('Expected a table and the section "Good to know" in data/README.md.');
  fs.writeFileSync(file, `${text.slice(0, start)}${result.stdout.trimEnd()}\n${text.slice(end)}`);
}

/** Puts the tables of the study of accuracy between their comments in docs/accuracy.md. */
async function writeAccuracy() {
  const code =
    "import { accuracyMarkdown } from './notebooks/lessons/study/accuracyMarkdown.ts'; " +
    'console.log(await accuracyMarkdown());';
  const result = await run(process.execPath, [...(await nodeFlags()), '--input-type=module', '--eval', code]);
  if (result.code !== 0) throw new Problem(`The study of accuracy could not be read: ${result.stderr.trim()}`);
  const file = inProject('docs/accuracy.md');
  const text = fs.readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf('\n', text.indexOf('<!-- accuracy: written')), text.indexOf('<!-- accuracy: end')];
  if (end < start || start < 0) throw new Problem('Expected the two comments "accuracy:" in docs/accuracy.md.');
  fs.writeFileSync(file, `${text.slice(0, start)}\n\n${result.stdout.trim()}\n\n${text.slice(end)}`);
}

runMain(async () => {
  await writeDatasets();
  await writeAccuracy();
  fs.writeFileSync(inProject('docs/gallery.md'), galleryText());
  fs.writeFileSync(inProject('docs/decisions/README.md'), decisionsText());
  const pages = await apiPages();
  fs.rmSync(inProject('docs/api'), { recursive: true, force: true });
  fs.mkdirSync(inProject('docs/api'));
  for (const [file, text] of pages) fs.writeFileSync(path.join(inProject('docs/api'), file), text);
  console.log(`data/README.md, docs/gallery.md, docs/decisions/README.md and ${pages.size} pages in docs/api`);
});
