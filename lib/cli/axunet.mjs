#!/usr/bin/env node
// Starts the command line with the flags this Node needs to load TypeScript (see scripts/flags.mjs), and ends as it ends.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startEnvironment } from '../../scripts/environment.mjs';
import { flags } from '../../scripts/flags.mjs';
import { endAs } from './endAs.mjs';

// npm run starts scripts in the project's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'axunet' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, ...startEnvironment },
});
// Over the channel (`ipc`) the real process notices when this one is killed outright, and ends too.
// A signal sent to this process alone reaches the real one, which saves its checkpoint and chooses the exit code. On Windows
// a console tells both of Ctrl-C, and `kill` would end the real one before it can save.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => process.platform === 'win32' || child.kill(signal));
child.on('exit', (code, signal) => endAs(code, signal, ['axunet', ...process.argv.slice(2, 3)].join(' ')));
