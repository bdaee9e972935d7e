// npm run study: starts notebooks/lessons/study/main.ts with the flags that this Node needs for TypeScript; signals go to it, its exit code comes back.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startEnvironment } from './environment.mjs';
import { flags } from './flags.mjs';

const program = fileURLToPath(new URL('../notebooks/lessons/study/main.ts', import.meta.url));
const child = spawn(process.execPath, [...flags, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...startEnvironment },
});
process.on('SIGINT', () => {}); // a terminal sends it to the child as well
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
