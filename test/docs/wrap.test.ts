import { describe, expect, it } from 'vitest';
import { longLines, wrapMarkdown } from '../../scripts/docs-wrap.mjs';
import { projectFiles, textOf } from './markdown.ts';

const words = (n: number): string => Array.from({ length: n }, (_, i) => `word${i}`).join(' ');

describe('the prose of Markdown files', () => {
  it('is wrapped at 120 columns (node scripts/docs-wrap.mjs FILE wraps it)', () => {
    const long = projectFiles('.md').flatMap((file) =>
      (longLines(textOf(file)) as { line: number }[]).map(({ line }) => `${file}:${line}`),
    );
    expect(long).toEqual([]);
  });
});

describe('scripts/docs-wrap.mjs', () => {
  it('fills paragraphs and list items to 120 columns without changing their words', () => {
    const text = `# ${words(40)}\n\n${words(60)}\n\n- ${words(50)}\n  ${words(30)}\n1. ${words(30)}\n`;
    const wrapped = wrapMarkdown(text) as string;
    expect(wrapped.split(/\s+/)).toEqual(text.split(/\s+/));
    const lengths = wrapped
      .split('\n')
      .slice(1)
      .map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(120);
    expect(wrapMarkdown(wrapped)).toBe(wrapped);
    expect(longLines(text)).not.toEqual([]);
    expect(longLines(wrapped)).toEqual([]);
  });

  it('leaves tables, headings, HTML and code as they are', () => {
    const kept = [`| ${words(40)} |`, `## ${words(40)}`, `<p>${words(40)}</p>`, `    ${words(40)}`];
    const text = ['', ...kept.flatMap((line) => [line, '']), '```', words(40), words(40), '```', ''].join('\n');
    expect(wrapMarkdown(text)).toBe(text);
    expect(longLines(text)).toEqual([]);
  });

  it('breaks no code, formula or link, and begins no line with what would start a list or a heading', () => {
    const code = `\`${words(10)}\``;
    const text = `${words(15)} ${code} and [a link](https://example.org/a) # or - or 1. or $x + y$ ${words(20)}`;
    for (let shift = 0; shift < 40; shift++) {
      const lines = (wrapMarkdown(`${'x'.repeat(shift + 1)} ${text}`) as string).split('\n');
      expect(lines.filter((line) => line.includes(code))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('[a link](https://example.org/a)'))).toHaveLength(1);
      expect(lines.filter((line) => /^(#|-|1\.)( |$)/.test(line))).toEqual([]);
    }
  });
});
