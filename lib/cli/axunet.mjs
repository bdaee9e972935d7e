#!/usr/bin/env node
// Starts the command line, main.ts.
import { fileURLToPath } from 'node:url';

// npm run starts scripts in the project's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'axunet' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

const name = ['axunet', ...process.argv.slice(2, 3)].join(' ');

/** The starter's own modules are read here, so that a limit of open files that hinders even that is named. */
const { startTypescript } = await import('../../scripts/start-typescript.mjs').catch((error) => {
  if (error.code !== 'EMFILE') throw error;
  console.error(`${name}: too many files are open to begin: raise the limit (ulimit -n)`);
  process.exit(1);
});
startTypescript(fileURLToPath(new URL('./main.ts', import.meta.url)), name, { channel: true });
