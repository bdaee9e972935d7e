// npm run tables: renews the tables of options in docs/settings.md from the definitions of the commands.
import { inProject } from './common.mjs';
import { startTypescript } from './start-typescript.mjs';

startTypescript(inProject('scripts/option-tables.ts'), 'npm run tables');
