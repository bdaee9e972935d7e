// npm run bench: starts bench/run.ts with the flags that this Node needs for TypeScript.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startEnvironment } from './environment.mjs';
import { flags } from './flags.mjs';

const program = fileURLToPath(new URL('../bench/run.ts', import.meta.url));
const { status } = spawnSync(process.execPath, [...flags, program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...startEnvironment },
});
process.exitCode = status ?? 1;
