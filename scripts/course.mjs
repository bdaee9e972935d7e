// npm run course: starts scripts/course.ts.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('scripts/course.ts'), 'npm run course');
