import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile, lockRun } from '../../lib/train/lock.ts';

describe('lockRun', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('notes the process while it trains, in a folder that it makes, and takes the note away afterwards', async () => {
    const run = path.join(folder, 'new');
    const lease = await lockRun(run);
    expect(existsSync(path.join(run, 'training.pid'))).toBe(true);
    expect(lockFile(run)).toBe(path.join(run, 'training.pid'));
    lease.release();
    expect(existsSync(lockFile(run))).toBe(false);
  });
});
