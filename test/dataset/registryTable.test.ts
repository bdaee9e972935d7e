/** The registry as Markdown. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../lib/dataset/registry.ts';
import { formatMegabytes, registryMarkdown } from '../../lib/dataset/registryTable.ts';
import { projectPath } from '../../lib/settings.ts';

describe('registryMarkdown', () => {
  it('has a row and a line of layout for every set, and as many columns in each row', () => {
    const lines = registryMarkdown().split('\n');
    const rows = lines.filter((line) => line.startsWith('| `'));
    expect(rows.map((line) => /`([^`]+)`/.exec(line)![1])).toEqual(registry.map(({ name }) => name));
    for (const line of rows) expect(line.split('|')).toHaveLength(8);
    expect(lines.filter((line) => line.startsWith('- **'))).toHaveLength(registry.length);
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
