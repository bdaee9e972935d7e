// npm run study: starts notebooks/lessons/study/main.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('notebooks/lessons/study/main.ts'), 'npm run study');
