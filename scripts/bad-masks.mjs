// Starts notebooks/lessons/badMasks/main.ts: the masks and pictures of docs/how-to/bad-mask.md.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('notebooks/lessons/badMasks/main.ts'), 'node scripts/bad-masks.mjs');
