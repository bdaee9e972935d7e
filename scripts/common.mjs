// What the scripts share: places in the project, and what set-up of the engine has too (lib/engine/setup): child
// processes, problems that one sentence explains, JSON files.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run as runAnywhere } from '../lib/engine/setup/processes.mjs';

export { isObject, parseObject, readJson, writeJson } from '../lib/engine/setup/files.mjs';
export { findProgram, findPrograms, runMain } from '../lib/engine/setup/processes.mjs';
export { duration, megabytes, Problem } from '../lib/engine/setup/words.mjs';

/** The folder that holds package.json. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** A path inside the project. */
export const inProject = (...parts) => path.join(root, ...parts);

/**
 * Runs a program to its end, in the project's folder where `options.cwd` names no other one; see
 * lib/engine/setup/processes.mjs.
 */
export const run = (program, args, options) => runAnywhere(program, args, { cwd: root, ...options });
