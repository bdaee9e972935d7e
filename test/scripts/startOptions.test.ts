import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { help, parseOptions } from '../../scripts/start-options.mjs';

const parse = (...argv: string[]) => parseOptions(argv, os.tmpdir());

describe('the options of npm start', () => {
  it('ask for nothing by default', () => {
    expect(parse()).toEqual({ help: false, refresh: false, notebooks: [], env: {} });
  });

  it('become the variables that the notebooks read', () => {
    expect(
      parse('--dataset', 'nih-2d', '--folds', 'all', '--minutes', '2.5', '--profile', 'tiny', '--engine', 'wasm').env,
    ).toEqual({
      AXUNET_DATASET: 'nih-2d',
      AXUNET_FOLDS: 'all',
      AXUNET_MINUTES: '2.5',
      AXUNET_PROFILE: 'tiny',
      AXUNET_ENGINE: 'wasm',
    });
  });

  it('take --data from the folder where npm was called', () => {
    expect(parseOptions(['--dataset', 'nih-2d', '--data', '.'], os.tmpdir()).env.AXUNET_DATA).toBe(
      path.resolve(os.tmpdir()),
    );
  });

  it('take --from as a place, or as the name of weights that come with the project', () => {
    expect(parseOptions(['--from', '.'], os.tmpdir()).env.AXUNET_FROM).toBe(path.resolve(os.tmpdir()));
    expect(parse('--from', 'weights').env.AXUNET_FROM).toBe('weights');
    expect(() => parse('--from', 'runs/none')).toThrow(/Expected --from to be a run or a file, found nothing at/);
  });

  it.each([
    [['--folds', 'many'], /--folds to be all or the number of a fold, found "many"/],
    [['--minutes', '0'], /--minutes to be a number of minutes above 0, found "0"/],
    [['--minutes', 'NaN'], /--minutes/],
    [['--profile', 'huge'], /--profile to be one of tiny, demo, study, paper, found "huge"/],
    [['--engine', 'cuda'], /--engine to be one of auto, tensorflow, wasm, cpu, webgpu, found "cuda"/],
    [['--data', '.'], /--dataset NAME together with --data/],
    [['--dataset', 'x', '--data', 'not/there'], /--data to be a folder, found nothing at/],
    [['--nonsense'], /Unknown option '--nonsense'.*--help/],
    [['stray'], /Unexpected argument 'stray'.*--help/],
  ])('refuse %j', (argv, sentence) => {
    expect(() => parse(...argv)).toThrow(sentence);
  });

  it('are all explained by --help', () => {
    for (const name of [
      'dataset',
      'data',
      'folds',
      'from',
      'minutes',
      'profile',
      'engine',
      'notebook',
      'refresh',
      'help',
    ])
      expect(help).toContain(`--${name}`);
  });
});

it('docs/settings.md names every option of npm start', () => {
  const settings = readFileSync(projectPath('docs/settings.md'), 'utf8');
  for (const [option] of help.matchAll(/^ {2}--[a-z]+/gm)) expect(settings).toContain(`\`${option.trim()}`);
});
