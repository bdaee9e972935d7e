// node scripts/engine-check.mjs: starts engine-check.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('scripts/engine-check.ts'), 'node scripts/engine-check.mjs');
