// npm run bench: starts bench/run.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('bench/run.ts'), 'npm run bench');
