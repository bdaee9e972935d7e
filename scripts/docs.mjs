// `npm run docs`: writes docs/gallery.md and docs/api from the notebooks, the figures and the doc comments.
import fs from 'node:fs';
import path from 'node:path';
import { inProject, runMain } from './common.mjs';
import { apiPages } from './docs-api.mjs';
import { galleryText } from './docs-gallery.mjs';

runMain(async () => {
  fs.writeFileSync(inProject('docs/gallery.md'), galleryText());
  const pages = await apiPages();
  fs.rmSync(inProject('docs/api'), { recursive: true, force: true });
  fs.mkdirSync(inProject('docs/api'));
  for (const [file, text] of pages) fs.writeFileSync(path.join(inProject('docs/api'), file), text);
  console.log(`docs/gallery.md and ${pages.size} pages in docs/api`);
});
