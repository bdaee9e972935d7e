// npm run weights: starts notebooks/lessons/shipped/main.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('notebooks/lessons/shipped/main.ts'), 'npm run weights');
