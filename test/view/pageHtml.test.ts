import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { pageHtml } from '../../lib/view/pageHtml.ts';

const parts = { title: 'a < b', notes: ['one', '<two>'], content: { x: '</script>' }, voxels: 'AAAA', masks: ['BBBB'] };
const sums = (page: string): string[] =>
  [...page.matchAll(/<script(?: type="module")?>([^]*?)<\/script>/g)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`,
  );
const policy = (page: string): string => /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;

it('allows the scripts that stand on it and no others', () => {
  const page = pageHtml(parts);
  expect(sums(page)).toHaveLength(1);
  expect(policy(page)).toBe(`default-src 'none'; style-src 'unsafe-inline'; script-src ${sums(page)[0]}`);
});

it('allows NiiVue beside it, and the pictures that this has inside', () => {
  const page = pageHtml({ ...parts, niivue: 'globalThis.niivue = {}' });
  expect(sums(page)).toHaveLength(2);
  for (const sum of sums(page)) expect(policy(page)).toContain(sum);
  expect(policy(page)).toContain('connect-src data: blob:;');
  expect(page).toContain('<canvas id="space"');
});

it('has its texts as texts and its data in their places', () => {
  const page = pageHtml(parts);
  expect(page).toContain('<title>a &lt; b</title>');
  expect(page).toContain('<p>&lt;two&gt;</p>');
  expect(page).toContain('{"x":"\\u003c/script>"}');
  expect(page).toContain('<script type="text/plain" id="voxels">AAAA</script>');
  expect(page).toContain('<script type="text/plain" id="mask-0">BBBB</script>');
  expect(page).not.toMatch(/<!-- \w+ -->|\r/);
});
