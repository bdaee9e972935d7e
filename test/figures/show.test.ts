/** Figures as Jupyter output, and as a line outside of it. */
import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import { showBundle, showFigure } from '../../lib/figures/show.ts';
import { curve } from './curve.ts';

describe('showing', () => {
  const jupyter = createRequire(import.meta.url)('tslab/dist/jupyter.js') as { lastWriteDisplayData: unknown };

  it('sends Plotly, PNG and text as one output to a running kernel, without HTML', async () => {
    const sent: { data: Record<string, any>; metadata: Record<string, unknown> }[] = [];
    jupyter.lastWriteDisplayData = (message: (typeof sent)[0]) => sent.push(message);
    try {
      await showFigure(curve);
    } finally {
      jupyter.lastWriteDisplayData = null;
    }
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0]!.data).sort()).toEqual(['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
    expect(sent[0]!.data['text/plain']).toBe('Figure: Loss ± µ');
    expect(sent[0]!.data['application/vnd.plotly.v1+json'].data).toHaveLength(2);
    expect(Buffer.from(sent[0]!.data['image/png'], 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(sent[0]!.metadata).toEqual({ 'image/png': { width: 480, height: 300 } });
  });

  it('prints one plain line outside a notebook', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await showFigure(curve);
    showBundle({ 'text/markdown': '# x', 'text/plain': 'x' });
    expect(log.mock.calls).toEqual([['Figure: Loss ± µ'], ['x']]);
    log.mockRestore();
  });
});
