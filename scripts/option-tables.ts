/** Writes the tables of options into docs/settings.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadCommands } from '../lib/cli/commands.ts';
import { withOptionTables } from '../lib/cli/optionTables.ts';
import { projectPath } from '../lib/settings.ts';

const file = projectPath('docs', 'settings.md');
writeFileSync(file, withOptionTables(readFileSync(file, 'utf8'), await loadCommands()));
console.log('docs/settings.md has the tables of options');
