import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandName, loadCommand } from '../../../lib/cli/commands.ts';
import { asShardTask } from '../../../lib/cli/shardTask.ts';
import type { ShardWork } from '../../../lib/shards/shardRecord.ts';
import type { TaskStatus } from '../../../lib/shards/status.ts';
import { makeCohort } from './cohort.ts';
import { listen } from './listen.ts';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
let said: string[];
const run = async (command: CommandName, ...args: string[]): Promise<number> => (await loadCommand(command)).run(args);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-status-'));
  await makeCohort(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  said = listen();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The tasks as the command tells them. */
async function tasks(): Promise<Record<string, string>> {
  said.length = 0;
  await run('status', at('work'), '--json');
  const all = JSON.parse(said.join('\n')) as TaskStatus[];
  return Object.fromEntries(all.map(({ place, task, state }) => [`${place} ${task}`, state]));
}

const shard = { index: 0, count: 2 };
const work: ShardWork = { total: 2, cases: ['a'], failed: [], shared: null };
const doing = (job: () => Promise<ShardWork>): Promise<number> =>
  asShardTask('preprocess', { out: at('work', 'slices'), shard, takeOver: false }, job);

describe('axunet status', () => {
  it('refuses a folder without tasks', async () => {
    await expect(run('status', at('raw'))).rejects.toThrow(
      'Expected shards, training runs or a list of them (expected.json), found none in',
    );
    await expect(run('status')).rejects.toThrow('Expected axunet status DIR, found no folder');
  });

  it('says what nobody has begun, where expected.json names it', async () => {
    mkdirSync(at('work'));
    writeFileSync(at('work', 'expected.json'), '{"shards": {"slices": 2}, "runs": ["runs/fold-0"]}');
    expect(await run('status', at('work'))).toBe(1);
    expect(said).toEqual([
      'slices: 3 missing',
      '  missing  shard 1 of 2',
      '  missing  shard 2 of 2',
      '  missing  merge',
      'runs/fold-0: 1 missing',
      '  missing  training',
      '4 tasks: 4 missing',
    ]);
  });

  it('says who works on a shard, and refuses a second one', async () => {
    await doing(async () => {
      expect(await tasks()).toMatchObject({ 'slices shard 1 of 2': 'running', 'slices shard 2 of 2': 'missing' });
      return work;
    });
    const kernel = vi.spyOn(process, 'kill').mockReturnValue(true);
    const [note, left] = [at('work', 'slices', 'shards', '1-of-2.pid'), `${process.ppid}\n`];
    writeFileSync(note, left);
    await expect(doing(async () => work)).rejects.toThrow(
      /^Expected shard 1\/2 of .*slices at which nobody else works, found process \d+ at work/,
    );
    kernel.mockRestore();
    rmSync(note);
  });

  it('says that a shard failed: a case of it, the whole task, or its process without a word', async () => {
    const state = async () => (await tasks())['slices shard 1 of 2'];
    expect(await doing(async () => ({ ...work, failed: [{ id: 'a', reason: 'why' }] }))).toBe(1);
    expect(await state()).toBe('failed');
    expect(said.join('')).toContain('1 of 1 cases, a: why');
    await expect(doing(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(await state()).toBe('failed');
    expect(said.join('')).toContain('no disk');
    const note = at('work', 'slices', 'shards', '1-of-2.pid');
    writeFileSync(note, '999999999 5\n');
    expect(await state()).toBe('failed');
    expect(said.join('')).toContain('process 999999999 ended without a word');
  });

  it('ends a shard at SIGTERM with 75, with nobody at work and no result', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const ended = doing(async () => {
      process.emit('SIGTERM', 'SIGTERM');
      return work;
    });
    await expect(ended).rejects.toThrow('exit 75');
    expect(exit).toHaveBeenCalledWith(75);
    expect(said.join('')).toContain('stopped by SIGTERM; cases that are complete are kept');
    expect(readdirSync(at('work', 'slices', 'shards')).filter((name) => name.endsWith('.pid'))).toEqual([]);
  });

  it('knows a run that was stopped, one that failed, and one that is done; ends with 0 when all is', async () => {
    vi.stubEnv('AXUNET_COMPILE', 'off');
    const train = (...args: string[]) =>
      run('train', '--slices', at('slices'), '--preset', 'tiny', ...args, '--out', at('work', 'runs', 'fold-0'));
    const size = ['--set', 'width=2', '--set', 'gridSize=[16,16]', '--set', 'batchSize=2', '--epochs', '1'];
    await expect(train(...size, '--set', 'learningRate=1e30', '--set', 'clipNorm=null')).rejects.toThrow('diverged');
    expect((await tasks())['runs/fold-0 training']).toBe('failed');
    expect(said.join('')).toContain('Training diverged');
    rmSync(at('work', 'runs'), { recursive: true });
    expect(await train(...size)).toBe(0);
    expect((await tasks())['runs/fold-0 training']).toBe('done');
    rmSync(at('work', 'runs', 'fold-0', 'result.json'));
    expect((await tasks())['runs/fold-0 training']).toBe('missing');
    expect(said.join('')).toContain('stopped; the same command goes on from its checkpoint');
    expect(await train('--resume')).toBe(0);
    rmSync(at('work', 'slices'), { recursive: true });
    for (const part of ['1/2', '2/2'])
      expect(await run('preprocess', `nnunet:${at('raw')}`, '--out', at('work', 'slices'), '--shard', part)).toBe(0);
    expect(await run('status', at('work'))).toBe(1);
    expect(await run('merge', at('work', 'slices'))).toBe(0);
    said.length = 0;
    expect(await run('status', at('work'))).toBe(0);
    expect(said).toEqual(['slices: 3 done', 'runs/fold-0: 1 done', '4 tasks: 4 done']);
  });
});
