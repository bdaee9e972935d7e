/** Folders of others: nothing outside of a folder is written or deleted, wherever links in it lead. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runLine } from '../../lib/cli/runLine.ts';
import { runFold } from '../../lib/crossval/fold.ts';
import type { Crossval } from '../../lib/crossval/result.ts';
import { fetchDataset } from '../../lib/dataset/fetchDataset.ts';
import { datasetEntry } from '../../lib/dataset/registry.ts';
import { openJournal } from '../../lib/train/journal.ts';
import { startPosition } from '../../lib/train/position.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'axunet-links-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
const whole = { phantom: at('whole-phantom'), slices: at('whole-slices') };
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command line; its exit code and what it printed on stderr. */
async function axunet(...line: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const spies = [
    vi.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text))),
    vi.spyOn(console, 'log').mockImplementation(() => {}),
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true),
  ];
  try {
    return { code: await runLine(line), said: said.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

beforeAll(async () => {
  await axunet('phantom', '--profile', 'tiny', '--patients', '2', '--out', whole.phantom);
  await axunet('preprocess', whole.phantom, '--out', whole.slices);
});

/** Files that must stay, under the names that the commands write and delete. */
const victims = ['thesis.txt', 'phantom_001.json', 'phantom_001-0.npy', 'phantom_001.nii.gz', 'phantom_099.nii.gz'];
beforeEach(() => {
  rmSync(at('victim'), { recursive: true, force: true });
  mkdirSync(at('victim'));
  for (const name of victims) writeFileSync(at('victim', name), name);
});
const expectUntouched = (): void => {
  expect(readdirSync(at('victim')).sort()).toEqual([...victims].sort());
  for (const name of victims) expect(readFileSync(at('victim', name), 'utf8')).toBe(name);
};

let copies = 0;
/** A copy of a whole folder in which one part is a link to the victim. */
function withLink(source: string, part: string, to = at('victim')): string {
  const copy = at(`copy-${++copies}`);
  cpSync(source, copy, { recursive: true });
  rmSync(path.join(copy, part), { recursive: true, force: true });
  symlinkSync(to, path.join(copy, part));
  return copy;
}

describe.skipIf(process.platform === 'win32')('a link in a folder that is written to', () => {
  it.each(['data', 'label', 'cases'])('is refused by preprocess as %s, and nothing behind it changes', async (part) => {
    const { code, said } = await axunet('preprocess', whole.phantom, '--out', withLink(whole.slices, part));
    expect(code).toBe(1);
    expect(said).toMatch(`found "${part}", a link that leads out of it in`);
    expectUntouched();
  });

  it.each(['imagesTr', 'labelsTr'])('is refused by phantom as %s', async (part) => {
    const copy = withLink(whole.phantom, part);
    const { code, said } = await axunet('phantom', '--profile', 'tiny', '--patients', '2', '--out', copy);
    expect(code).toBe(1);
    expect(said).toMatch(/a link that leads out of it in/);
    expectUntouched();
  });

  it('is refused by radiomics as cases', async () => {
    const [image, mask] = ['imagesTr', 'labelsTr'].map((part) => path.join(whole.phantom, part, 'phantom_001.nii.gz'));
    writeFileSync(at('cohort.csv'), `id,image,mask\nphantom_001,${image},${mask}\n`);
    mkdirSync(at('features'));
    symlinkSync(at('victim'), at('features', 'cases'));
    const { code, said } = await axunet('radiomics', '--cohort', at('cohort.csv'), '--out', at('features'));
    expect(code).toBe(1);
    expect(said).toMatch('found "cases", a link that leads out of it in');
    expectUntouched();
  });

  it.each(['thesis.txt', 'new.txt'])(
    'is replaced where it has the name of a file: %s is not written to',
    async (name) => {
      const copy = at(`copy-${++copies}`);
      cpSync(whole.slices, copy, { recursive: true });
      rmSync(path.join(copy, 'cases', 'phantom_001.json')); // so that its slices are made again
      for (const file of readdirSync(path.join(copy, 'data')).filter((each) => each.startsWith('phantom_001'))) {
        rmSync(path.join(copy, 'data', file));
        symlinkSync(at('victim', name), path.join(copy, 'data', file));
        symlinkSync(at('victim', name), path.join(copy, 'data', `${file}.partial`));
      }
      symlinkSync(at('victim', name), path.join(copy, 'cases', 'phantom_001.json'));
      rmSync(path.join(copy, 'manifest.json'));
      symlinkSync(at('victim', name), path.join(copy, 'manifest.json'));
      const { code } = await axunet('preprocess', whole.phantom, '--out', copy);
      expect(code).toBe(0);
      expect(readFileSync(path.join(copy, 'manifest.json'), 'utf8')).toBe(
        readFileSync(path.join(whole.slices, 'manifest.json'), 'utf8'),
      );
      expectUntouched();
    },
  );

  it.each(['fold-0', 'fold-0/test', 'masks'])('is refused by crossval as %s, before it trains', async (part) => {
    const out = at(`crossval-${++copies}`);
    mkdirSync(path.dirname(path.join(out, part)), { recursive: true });
    symlinkSync(at('victim'), path.join(out, part));
    const cases = ['a', 'b'].map((id) => {
      const [image, label] = ['imagesTr', 'labelsTr'].map((kind) =>
        path.join(whole.phantom, kind, 'phantom_001.nii.gz'),
      );
      return { id, patient: id, image, label };
    });
    const crossval = {
      folder: out,
      plan: { folds: [{ training: [], validation: ['a'], test: ['b'] }] },
      list: { cases, folder: whole.phantom, labelMap: {} },
      options: { weights: 'best' },
    };
    await expect(runFold(crossval as unknown as Crossval, 0)).rejects.toThrow(
      `found "${part}", a link that leads out of it in ${out}`,
    );
    expectUntouched();
  });

  it('is refused by a training run as tensorboard, and replaced as history.jsonl', async () => {
    const run = at(`run-${++copies}`);
    mkdirSync(run);
    symlinkSync(at('victim', 'thesis.txt'), path.join(run, 'history.jsonl'));
    symlinkSync(at('victim'), path.join(run, 'tensorboard'));
    await expect(openJournal(run, startPosition())).rejects.toThrow('found "tensorboard", a link that leads out of it');
    rmSync(path.join(run, 'tensorboard'));
    const journal = await openJournal(run, startPosition());
    journal.write({ kind: 'step', step: 1, epoch: 1, loss: 1, learningRate: 1, gradientNorm: 1 });
    journal.close();
    expect(readFileSync(path.join(run, 'history.jsonl'), 'utf8')).toMatch(/^\{"kind":"step".*\}\n$/);
    expectUntouched();
  });

  it.each(['', '.part', '.part.etag'])('is refused by a download as a file with %o behind its name', async (end) => {
    const folder = at(`download-${++copies}`);
    mkdirSync(folder);
    const archive = { path: 'set.tar', url: 'http://127.0.0.1:1/set.tar', bytes: 1 };
    symlinkSync(at('victim', 'thesis.txt'), path.join(folder, `set.tar${end}`));
    const entry = { ...datasetEntry('msd-task07'), download: { archive } };
    await expect(fetchDataset(entry, path.join(folder, 'set'))).rejects.toThrow(
      `found "set.tar${end}", a link that leads out of it in the list of its files`,
    );
    expectUntouched();
  });
});
