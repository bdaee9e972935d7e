/** Figures of recorded studies, drawn once more. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sha256 } from '../../../lib/io/files.ts';
import { projectRoot } from '../../../lib/settings.ts';
import { redrawRecorded } from '../../../notebooks/lessons/study/redraw.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'axunet-redraw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('draws every record into its folder, and the pictures that come with the project are these', async () => {
  const drawn = await redrawRecorded(path.join(folder, 'recorded'));
  expect(drawn).toEqual(['accuracy', 'real-worst', 'classes-apart', 'planned', 'grey-scale']);
  for (const file of [
    'recorded/study-accuracy/ways.svg',
    'real-worst.svg',
    'recorded/study-classes-apart/seed-points.svg',
    'recorded/planned/planned.svg',
    'recorded/grey-scale/grey-scale.svg',
  ]) {
    const [now, committed] = [folder, path.join(projectRoot, 'figures')].map((from) =>
      sha256(readFileSync(path.join(from, file))),
    );
    expect(now, file).toBe(committed);
  }
});
