/** The registry as Markdown. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../lib/dataset/registry.ts';
import { formatMegabytes, registryMarkdown } from '../../lib/dataset/registryTable.ts';
import { projectPath } from '../../lib/settings.ts';

describe('registryMarkdown', () => {
  it('has a row of each set in both tables, each with as many columns as its head', () => {
    const cells = (line: string): string[] => line.split('|').slice(1, -1);
    const tables = registryMarkdown()
      .split('\n\n')
      .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
      .filter((table) => table.length > 0);
    expect(tables).toHaveLength(2);
    for (const [head, , ...rows] of tables) {
      expect(rows).toHaveLength(registry.length);
      for (const row of rows) expect(cells(row)).toHaveLength(cells(head).length);
    }
    const [sets, layouts] = tables.map((table) => table.slice(2));
    expect(sets.map((row) => cells(row)[0])).toEqual(registry.map(({ name }) => ` \`${name}\` `));
    expect(layouts.map((row) => cells(row)[0])).toEqual(registry.map(({ title }) => ` ${title} `));
  });
  it('is what data/README.md shows', () => {
    expect(readFileSync(projectPath('data', 'README.md'), 'utf8')).toContain(registryMarkdown());
  });
});

describe('formatMegabytes', () => {
  it.each([
    [0.3, '< 1 MB'],
    [1, '1 MB'],
    [7.4, '7 MB'],
    [999.4, '999 MB'],
    [1000, '1.0 GB'],
    [11_450, '11.4 GB'],
  ])('says %d megabytes as %s', (mb, text) => expect(formatMegabytes(mb)).toBe(text));
});
