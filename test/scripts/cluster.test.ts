import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CommandName, loadCommand } from '../../lib/cli/commands.ts';
import { projectPath } from '../../lib/settings.ts';

const text = (name: string): string => readFileSync(projectPath('scripts/cluster', name), 'utf8');

/** The stages of task.sh and what each runs, lines joined. */
const stages = Object.fromEntries(
  [...text('task.sh').matchAll(/^ {2}([a-z-]+)\)([^]*?);;$/gm)].map(([, name, body]) => [name, body!]),
);

describe('the tasks of scripts/cluster', () => {
  it('are the same for Slurm, Snakemake and Kubernetes', () => {
    const named = (file: string, pattern: RegExp): string[] =>
      [...text(file).matchAll(pattern)].map(([, name]) => name!).sort();
    const all = Object.keys(stages).sort();
    expect(all).toHaveLength(11);
    for (const stage of all) expect(text('submit.sh')).toMatch(new RegExp(` ${stage} \\w+\\.sbatch`));
    expect(named('Snakefile', /\{TASK\} ([a-z-]+)/g)).toEqual(all);
    expect(named('kubernetes/submit.sh', /^\$do \w+ ([a-z-]+)$/gm)).toEqual(all);
  });

  it.each(Object.entries(stages))('%s calls commands with options that they have', async (_, body) => {
    for (const [, name, rest] of body.matchAll(/axunet ([a-z]+) ([^]*?)(?=&&|$)/g)) {
      const { options } = await loadCommand(name as CommandName);
      for (const [, option] of rest!.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(options)).toContain(option);
    }
  });

  it('are left by their numbers where axunet status does not call them done', () => {
    const shard = (place: string, n: number, state: string) => ({ place, task: `shard ${n} of 3`, state });
    const tasks = [
      ...[shard('masks', 1, 'done'), shard('masks', 2, 'failed'), shard('masks', 3, 'running')],
      { place: 'masks', task: 'merge', state: 'missing' },
      ...[shard('slices', 1, 'done'), { place: 'slices', task: 'merge', state: 'done' }],
      { place: 'runs/fold-0-seed-1', task: 'training', state: 'done' },
      { place: 'runs/fold-1-seed-1', task: 'training', state: 'missing' },
    ];
    const input = JSON.stringify(tasks);
    const { stdout } = spawnSync(process.execPath, [projectPath('scripts/cluster/left.mjs')], { input });
    expect(String(stdout)).toBe('predict 2,3\nmerge-masks 1\ntrain 2\n');
  });
});
