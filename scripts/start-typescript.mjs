// Starts a TypeScript program with the flags that this Node needs for it, hands signals on, and ends as it ends.
import { spawn } from 'node:child_process';
import { endAs } from './end-as.mjs';
import { startEnvironment } from './environment.mjs';
import { flags } from './flags.mjs';

/**
 * Starts `file` with the arguments of this process.
 * @param file path of the program
 * @param name what the user calls it
 * @param options.channel opens a channel (`ipc`) over which the program notices when this process is killed outright
 */
export function startTypescript(file, name, { channel = false } = {}) {
  const child = spawn(process.execPath, [...flags, file, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
    env: { ...process.env, ...startEnvironment },
  });
  // A signal sent to this process alone reaches the program, which saves what it saves and chooses the exit code. On
  // Windows the console tells both of Ctrl-C, and `kill` would end the program before it can save.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.platform === 'win32' || child.kill(signal));
  child.on('exit', (code, signal) => endAs(code, signal, name));
}
