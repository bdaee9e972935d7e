import { createRequire } from 'node:module';
import { afterEach, expect, it, vi } from 'vitest';
import { frameOf, viewVolume } from '../../lib/view/viewVolume.ts';
import { label, prediction, scan } from './makeScan.ts';
import { unpackPage } from './unpack.ts';

const jupyter = createRequire(import.meta.url)('tslab/dist/jupyter.js') as { lastWriteDisplayData: unknown };
interface Sent {
  data: Record<string, string>;
  metadata: Record<string, unknown>;
}
afterEach(() => {
  jupyter.lastWriteDisplayData = null;
  vi.restoreAllMocks();
});

it('sends the viewer and, as an output of its own, the picture', async () => {
  const sent: Sent[] = [];
  jupyter.lastWriteDisplayData = (message: Sent) => sent.push(message);
  await viewVolume(scan, { mask: label, prediction, name: 'case 7' });
  expect(sent.map(({ data }) => Object.keys(data))).toEqual([
    ['text/html', 'text/plain'],
    ['image/png', 'text/plain'],
  ]);
  expect(sent[0]!.metadata).toEqual({ axunet: 'live' });
  const [, attribute] = /^<iframe sandbox="allow-scripts" [^>]*srcdoc="([^"]*)"><\/iframe>$/.exec(
    sent[0]!.data['text/html']!,
  )!;
  const page = attribute!.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  expect(unpackPage(page).content.masks).toHaveLength(2);
});

it('puts a page into an attribute whole', () => {
  const page = `<p title="a&amp;b">"&quot;" & <b>'</b></p>`;
  const host = frameOf(page);
  const [, attribute] = /srcdoc="([^"]*)"/.exec(host)!;
  expect(attribute!.replaceAll('&quot;', '"').replaceAll('&amp;', '&')).toBe(page);
});

it('prints two lines outside a notebook', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await viewVolume(scan, { mask: label, name: 'case 7' });
  expect(log.mock.calls).toEqual([['Viewer: case 7'], ['Figure: case 7']]);
});
