import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, libraries } from '../../../lib/engine/setup/binding.mjs';
import { checksums, whyChanged, whyDamaged } from '../../../lib/engine/setup/library.mjs';
import { bindingFile } from '../../../lib/engine/system/tensorflow.ts';

let folder: string;
let large: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-library-'));
  large = path.join(folder, libraries[0]!);
  for (const name of libraries) writeFileSync(path.join(folder, name), 'machine code');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const note = () => ({ ready: { folder, library: fingerprint(folder) } });

describe('The TensorFlow library', () => {
  it('may be loaded when it is as set-up found it, and when nothing is noted of it', () => {
    expect(whyChanged(note())).toBeUndefined();
    expect(whyChanged({})).toBeUndefined();
    expect(whyChanged({ ready: { folder } })).toBeUndefined();
  });

  it('is refused with its file and both sizes when it was cut off', () => {
    const before = note();
    truncateSync(large, 5);
    expect(whyChanged(before)).toBe(
      `the library ${large} has 5 instead of 12 bytes, so it is not loaded; ` +
        '`npm run setup` sets TensorFlow up anew',
    );
  });

  it('is refused when it was written to or is gone', () => {
    const before = note();
    utimesSync(large, new Date(), new Date(Date.now() + 60_000));
    expect(whyChanged(before)).toMatch(/libtensorflow_cc\.so\.2 was changed since its set-up, so it is not loaded/);
    rmSync(large);
    expect(whyChanged(before)).toMatch(/libtensorflow_cc\.so\.2 is gone, so it is not loaded/);
  });

  it.skipIf(!existsSync(bindingFile()))(
    'is refused for one other byte under the same size and date, where its checksum was noted (skipped without a binding)',
    async () => {
      const { atime, mtime } = statSync(large);
      const before = { ready: { ...note().ready, sha256: await checksums(folder) } };
      expect(await whyDamaged(before)).toBeUndefined();
      writeFileSync(large, 'machine cede');
      utimesSync(large, atime, mtime);
      before.ready.library = fingerprint(folder); // the date of a file is not set to the last digit
      expect(whyChanged(before)).toBeUndefined();
      expect(await whyDamaged(before)).toMatch(/libtensorflow_cc\.so\.2 has other bytes than at its set-up/);
    },
  );
});
