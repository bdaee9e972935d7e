/** The commands on a network that PaddlePaddle saved: in, out, and what they refuse. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { projectPath } from '../../../lib/settings.ts';
import { all, textAt } from '../../export/readProtobuf.ts';

const [exporting, importing] = [await loadCommand('export'), await loadCommand('import')];
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-export-'));
const at = (name: string): string => path.join(folder, name);
const pdparams = projectPath('test/export/residual-1.pdparams');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function said(work: () => Promise<number>): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    expect(await work()).toBe(0);
    return log.mock.calls.flat().join('\n');
  } finally {
    log.mockRestore();
  }
}

describe('axunet import, then export', () => {
  it('makes a run and tells what it is and what has no place in it', async () => {
    const args = ['--pdparams', pdparams, '--out', at('run'), '--size', '32,48', '--dataset', 'nih'];
    const text = await said(() => importing.run(args));
    expect(text).toContain('residual, width 1, rates 2, 4, 6, 2 classes, slices of 32×48 pixels');
    expect(text).toContain('no such weights: short4.weight, short4.bias');
  });

  it('writes the run for other programs with what is known of it', async () => {
    const places = ['--onnx', at('n.onnx'), '--tfjs', at('tfjs'), '--saved-model', at('saved')];
    const text = await said(() => exporting.run(['--run', at('run'), ...places]));
    expect(text).toBe(`Made ${at('n.onnx')}, ${at('tfjs')}, ${at('saved')}`);
    const about = new Map(all(readFileSync(at('n.onnx')), 14).map((entry) => [textAt(entry, 1), textAt(entry, 2)]));
    expect(JSON.parse(about.get('axunet.grid')!)).toMatchObject({ size: [32, 48], unit: 'px' });
    expect(about.get('axunet.dataset')).toBe('nih');
    expect(existsSync(at('tfjs/model.json')) && existsSync(at('saved/saved_model.pb'))).toBe(true);
  });

  it('refuses what is there already, unless --force is given', async () => {
    const args = ['--run', at('run'), '--onnx', at('n.onnx')];
    await expect(exporting.run(args)).rejects.toThrow(/^Expected a file that is not there yet, or --force/);
    await said(() => exporting.run([...args, '--force']));
    await expect(importing.run(['--pdparams', pdparams, '--out', at('run')])).rejects.toThrow(/--force/);
  });

  it('refuses in one sentence what cannot be', async () => {
    await expect(exporting.run(['--run', at('run')])).rejects.toThrow(/^Expected axunet export --run RUN with --onnx/);
    await expect(exporting.run(['--run', at('none'), '--onnx', at('x')])).rejects.toThrow(/^Expected a training run/);
    await expect(importing.run(['--out', at('x')])).rejects.toThrow(
      /^Expected axunet import --pdparams FILE --out RUN$/,
    );
    const args = ['--pdparams', pdparams, '--out', at('x')];
    await expect(importing.run([...args, '--size', '32'])).rejects.toThrow(/^Expected --size as two whole numbers/);
    await expect(importing.run([...args, '--rates', '2,4,-6'])).rejects.toThrow(/^Expected --rates as three whole/);
    await expect(importing.run(['--pdparams', at('n.onnx'), '--out', at('x')])).rejects.toThrow(
      /^Expected weights as paddle.save writes them, found the operation 0x8 at byte 0 in /,
    );
  });
});
