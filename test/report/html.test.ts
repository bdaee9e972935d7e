import { expect, it } from 'vitest';
import { escapeHtml, htmlOf } from '../../lib/report/html.ts';
import type { Page } from '../../lib/report/page.ts';

const evil = `<script src="https://example.org/x.js">alert('1')</script> & "more"`;
const page: Page = {
  title: evil,
  notice: evil,
  foot: evil,
  sections: [
    {
      title: evil,
      blocks: [
        {
          kind: 'table',
          rows: [
            ['', evil],
            [evil, evil],
          ],
        },
        { kind: 'warnings', sentences: [evil] },
        { kind: 'sentences', sentences: [evil] },
        { kind: 'picture', text: evil },
      ],
    },
  ],
};
const html = htmlOf(page, Uint8Array.of(1, 2, 3));

it('writes every text as a text, also in attributes', () => {
  expect(escapeHtml(`a<b>&"c'`)).toBe('a&lt;b&gt;&amp;&quot;c&#39;');
  expect(escapeHtml('a\u0001\u202eb')).toBe('a\\u0001\\u202eb');
  expect(html).not.toContain('<script');
  expect(html.split('&lt;script src=&quot;https://example.org/x.js&quot;&gt;').length - 1).toBe(11);
});

it('asks for nothing from elsewhere: no script, no link, one picture that is inside', () => {
  const plain = html.replaceAll(escapeHtml(evil), '');
  expect(plain).not.toMatch(/https?:|<script|<link|@import|url\(|<iframe|\son\w+=/);
  expect([...plain.matchAll(/src="([^"]*)"/g)].map(([, source]) => source)).toEqual(['data:image/png;base64,AQID']);
  expect(html).toContain(`default-src 'none'`);
});
