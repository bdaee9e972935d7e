// npm run fuzz: starts test/fuzz/run.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('test/fuzz/run.ts'), 'npm run fuzz');
