import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { apiPages } from '../../scripts/docs-api.mjs';
import { decisionsText } from '../../scripts/docs-decisions.mjs';
import { galleryText } from '../../scripts/docs-gallery.mjs';
import { linksOf, textOf } from './markdown.ts';

describe('docs/gallery.md (npm run docs writes it)', () => {
  it('is up to date with notebooks and figures', () => {
    expect(textOf('docs/gallery.md')).toBe(galleryText());
  });

  it('shows every picture of figures/ once', () => {
    const shown = linksOf(textOf('docs/gallery.md')).filter((link) => link.endsWith('.png'));
    const pictures = readdirSync(projectPath('figures')).filter((file) => file.endsWith('.png'));
    expect(shown.sort()).toEqual(pictures.map((file) => `../figures/${file}`).sort());
  });
});

describe('docs/decisions/README.md (npm run docs writes it)', () => {
  it('lists every decision', () => {
    expect(textOf('docs/decisions/README.md')).toBe(decisionsText());
  });
});

describe('docs/api (npm run docs writes it)', () => {
  it('is up to date with the doc comments and declarations', async () => {
    const pages = (await apiPages()) as Map<string, string>;
    expect(readdirSync(projectPath('docs/api')).sort()).toEqual([...pages.keys()].sort());
    for (const [file, text] of pages) expect(textOf(`docs/api/${file}`), file).toBe(text);
  });
});
