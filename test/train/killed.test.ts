/** Training in a child process that is killed, stopped, or finds its disk full. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../lib/random.ts';
import { readNewestCheckpoint } from '../../lib/train/checkpoint.ts';
import type { CheckpointMeta } from '../../lib/train/description.ts';
import { readHistory } from '../../lib/train/history.ts';
import { flags } from '../../scripts/flags.mjs';

const program = fileURLToPath(new URL('toyChild.ts', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  steps: number[];
  errors: string;
}

/** Trains (on) in `run`; `onSteps` sees the number of steps that this process has done and may send a signal. */
function trainInChild(
  run: string,
  onSteps: (count: number, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, program, path.join(folder, run)], {
      env: { ...process.env, AXUNET_ENGINE: 'cpu' },
    });
    const steps: number[] = [];
    let errors = '';
    child.stderr.on('data', (text: Buffer) => {
      errors += text;
    });
    child.stdout.on('data', (text: Buffer) => {
      for (const line of text.toString().trim().split('\n')) {
        steps.push(Number(line));
        onSteps(steps.length, (signal) => child.kill(signal));
      }
    });
    child.on('close', (code, signal) => resolve({ code, signal, steps, errors }));
  });
}

async function stateOf(run: string): Promise<unknown> {
  const { meta, arrays } = (await readNewestCheckpoint<CheckpointMeta>(path.join(folder, run), 'last', () => {}))!;
  return { position: { ...meta.position, seconds: 0 }, arrays };
}
const historyOf = (run: string): unknown[] =>
  readHistory(path.join(folder, run)).map((record) => ({ ...record, seconds: 0 }));

describe('a training process', { timeout: 300_000 }, () => {
  it('killed five times at random moments and resumed, ends with the bits of one that was never killed', async () => {
    expect((await trainInChild('whole')).code).toBe(0);
    const random = Random.stream(Date.now(), 'kill');
    let reached = 0;
    for (let kill = 0; kill < 5; kill++) {
      const after = 1 + random.integer(2);
      const ended = await trainInChild('killed', (count, send) => {
        // somewhere in saving, validating or the next step
        if (count === after) setTimeout(() => send('SIGKILL'), random.uniform(0, 30));
      });
      expect(ended.signal).toBe('SIGKILL');
      reached = Math.max(reached, ...ended.steps);
    }
    expect(reached).toBeLessThan(48); // else the last kills hit nothing
    expect((await trainInChild('killed')).code).toBe(0);
    expect(await stateOf('killed')).toEqual(await stateOf('whole'));
    expect(historyOf('killed')).toEqual(historyOf('whole'));
    expect(readdirSync(path.join(folder, 'killed')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('sent SIGTERM saves, says so and exits with 75, and resumed goes on with the next step', async () => {
    const ended = await trainInChild('stopped', (count, send) => {
      if (count === 3) send('SIGTERM');
    });
    expect(ended).toMatchObject({ code: 75, signal: null });
    const saved = ended.steps.at(-1)!;
    expect(ended.errors).toContain(`Training stopped by SIGTERM after step ${saved}; the checkpoint is saved in`);
    const { meta } = (await readNewestCheckpoint<CheckpointMeta>(path.join(folder, 'stopped'), 'last'))!;
    expect(meta.position.step).toBe(saved);
    const resumed = await trainInChild('stopped');
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.steps[0]).toBe(saved + 1);
    expect(JSON.parse(readFileSync(path.join(folder, 'stopped', 'result.json'), 'utf8'))).toMatchObject({
      steps: 48,
      reason: 'epochs',
    });
  });
});
