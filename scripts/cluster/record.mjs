// Starts notebooks/lessons/cluster/main.ts: compares a run on one machine with one on several, and records both.
import { inProject } from '../common.mjs';
import { startTypescript } from '../start-typescript.mjs';

startTypescript(inProject('notebooks/lessons/cluster/main.ts'), 'node scripts/cluster/record.mjs');
