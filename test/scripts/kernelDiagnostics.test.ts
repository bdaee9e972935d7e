import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const { Diagnostics, missingSentence } = createRequire(import.meta.url)('../../scripts/kernel/diagnostics.cjs');

const text = (source: string) => ({ cell_type: 'markdown', source });
const code = (source: string) => ({ cell_type: 'code', source: [source] });
const one = {
  name: 'one.ipynb',
  cells: [
    text('# One\n\n## 1. Data'),
    code("import * as ax from 'axunet';\nconst slices = 1;\nconst { a, b: [c] } = ax.parts;"),
    text('why'),
    code('const late = 2;'),
    text('## 2. Use'),
    code('console.log(slices);'),
  ],
};
const two = { name: 'two.ipynb', cells: [text('## Other'), code('let slices = 3;\nfunction own() {}')] };

describe('a name that the compiler does not find', () => {
  it('comes from the section above the cell that uses it', () => {
    expect(missingSentence(['slices'], { code: 'console.log(slices);\n' }, [one, two])).toBe(
      'slices comes from the section "1. Data". Run its cells first.',
    );
  });

  it("comes, in a reader's own cell, from every notebook that declares it, or from the one that is open", () => {
    expect(missingSentence(['slices'], { code: 'slices + 1' }, [one, two])).toBe(
      'slices comes from the section "1. Data" of one.ipynb or "Other" of two.ipynb. Run its cells first.',
    );
    expect(missingSentence(['slices', 'own'], { code: 'x', opened: 'scratch/two.ipynb' }, [one, two])).toBe(
      'slices, own come from the section "Other" of two.ipynb. Run its cells first.',
    );
  });

  it.each(['ax', 'a', 'c', 'late'])('is found however it is declared: %s', (name) => {
    expect(missingSentence([name], { code: 'x' }, [one])).toContain(`${name} comes from the section "1. Data"`);
  });

  it('that is declared nowhere leaves the word to the compiler', () => {
    expect(missingSentence(['slices', 'sliced'], { code: 'x' }, [one, two])).toBeUndefined();
    const [printed, found] = [[] as string[], new Diagnostics('not/there')];
    expect(found.take(['a line of a cell'])).toBe(false);
    expect(found.take(['%s%d:%d - %s', '', 1, 9, "Cannot find name 'sliced'."])).toBe(true);
    found.flush('x', (line: string) => printed.push(line));
    found.flush('x', (line: string) => printed.push(line));
    expect(printed).toEqual(["1:9 - Cannot find name 'sliced'."]);
  });
});
