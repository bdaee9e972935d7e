#!/usr/bin/env node
// Starts the command line, main.ts.
import { fileURLToPath } from 'node:url';
import { startTypescript } from '../../scripts/start-typescript.mjs';

// npm run starts scripts in the project's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'axunet' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

const name = ['axunet', ...process.argv.slice(2, 3)].join(' ');
startTypescript(fileURLToPath(new URL('./main.ts', import.meta.url)), name, { channel: true });
