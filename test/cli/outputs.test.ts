/** Every command looks at the place of its output before it works, and says in one sentence why it cannot be. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCommand, loadCommands } from '../../lib/cli/commands.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-outputs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'file');
writeFileSync(file, 'a file');

/** What each command takes before its output; none of it need exist, since the output is looked at first. */
const calls: Record<string, string[]> = {
  phantom: [],
  verify: ['a.nii', 'b.nii'],
  plan: ['set'],
  preprocess: ['set'],
  train: ['--slices', 'slices'],
  crossval: ['--dataset', 'set'],
  predict: ['a.nii', '--run', 'run'],
  evaluate: ['--prediction', 'a', '--reference', 'b'],
  radiomics: ['--cohort', 'cases.csv'],
  overlay: ['a.nii', '--label', 'b.nii'],
  view: ['a.nii'],
  report: ['a.nii', '--mask', 'b.nii'],
  figures: ['run', '--slices', 'slices'],
  import: ['--pdparams', 'a.pdparams'],
  export: ['--run', 'run'],
  convert: ['mask.nii'],
};

describe('an output that is a file, or lies below one', () => {
  it.each(Object.entries(calls))('is refused by %s', async (name, args) => {
    const sentence = new RegExp(`^Expected a folder to write into, found a file in ${file}$`);
    const option = name === 'export' ? '--saved-model' : '--out';
    const command = await loadCommand(name as Parameters<typeof loadCommand>[0]);
    const isFile = ['plan', 'verify', 'convert', 'view'].includes(name);
    for (const out of isFile ? [path.join(file, 'out')] : [file, path.join(file, 'out')])
      await expect(command.run([...args, option, out])).rejects.toThrow(sentence);
    expect(readdirSync(folder)).toEqual(['file']);
  });
  it('is looked at by every command that has one', async () => {
    const looked = (await loadCommands()).filter(({ options }) =>
      Object.values(options).some(({ output }) => output !== undefined),
    );
    expect(looked.map(({ name }) => name).sort()).toEqual(Object.keys(calls).sort());
    const unlooked = (await loadCommands()).filter(({ options }) => options.out && options.out.output === undefined);
    // Where `data` finds a set, and where it puts one, is looked at when something is put there.
    expect(unlooked.map(({ name }) => name)).toEqual(['data']);
  });
});

it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'predict looks at a read-only folder that holds something only when it has to write',
  async () => {
    const [full, empty] = ['full', 'empty'].map((name) => path.join(folder, name));
    mkdirSync(full);
    mkdirSync(empty);
    writeFileSync(path.join(full, 'a.nii.gz'), '');
    for (const place of [full, empty]) chmodSync(place, 0o555);
    const { run } = await loadCommand('predict');
    const begun = (out: string) => run(['a.nii', '--run', 'run', '--out', out]);
    await expect(begun(full)).rejects.toThrow('Expected a NIfTI file or a folder of them, found nothing in a.nii');
    await expect(begun(empty)).rejects.toThrow(`Expected permission to write ${empty}, found none`);
    for (const place of [full, empty]) rmSync(place, { recursive: true });
  },
);

it('verify refuses a folder and a device in the place of its report', async () => {
  const verify = await loadCommand('verify');
  await expect(verify.run(['a.nii', 'b.nii', '--out', folder])).rejects.toThrow(
    `Expected a file to write, found a folder in ${folder}`,
  );
  await expect(verify.run(['a.nii', 'b.nii', '--out', os.devNull])).rejects.toThrow('not a regular file');
});
