import { describe, expect, it } from 'vitest';
import { markdownCell } from '../../lib/io/markdown.ts';

describe('markdownCell', () => {
  it('leaves what tables of results hold as it is', () => {
    for (const text of ['pancreas_001', '**0.80 ± 0.10**', '[0.1, 0.5]', '<0.001', 'a & b', '–', '1.5 - 2', ''])
      expect(markdownCell(text)).toBe(text);
  });
  it.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['<script>alert(1)</script>', '\\<script>alert(1)\\</script>'],
    ['<!-- x', '\\<!-- x'],
    ['&lt;b&#62;', '\\&lt;b\\&#62;'],
    ['![x](http://a.b/c)', '![x\\](http://a.b/c)'],
    ['`code', '\\`code'],
    ['two\nlines\tand \u001b[2J', 'two lines and \\u001b[2J'],
  ])('takes the meaning out of %j', (text, shown) => {
    expect(markdownCell(text)).toBe(shown);
  });
});
