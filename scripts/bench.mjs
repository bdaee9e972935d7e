// npm run bench: starts bench/run.ts with the flags that this Node needs for TypeScript.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flags } from './flags.mjs';

const program = fileURLToPath(new URL('../bench/run.ts', import.meta.url));
const { status } = spawnSync(process.execPath, [...flags, program, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
