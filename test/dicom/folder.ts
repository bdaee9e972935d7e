/** Folders of made-up DICOM files for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** A new folder inside one that is removed after the tests of a file. */
export function temporaryFolders(): (files?: Readonly<Record<string, Uint8Array | string>>) => string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'axunet-dicom-'));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return (files = {}) => {
    const folder = path.join(root, `f${count++}`);
    mkdirSync(folder);
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
    }
    return folder;
  };
}
