// A copy of the project in which another system's bindings can lie: packages as links to the same files, the code as
// copies, and no binding of this system.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, Problem, run } from './common.mjs';

/** Runs a program; throws a Problem with its last words where it fails. */
export async function must(program, args, options) {
  const { code, signal, stderr, stdout } = await run(program, args, options);
  if (code === 0) return stdout;
  const last = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' ');
  throw new Problem(`${path.basename(program)} ${args[0] ?? ''} ended with ${signal ?? code}: ${last}`);
}

/** Makes the copy in `folder`, which must be on the file system of the project. */
export async function makeTree(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await must('cp', ['-al', inProject('node_modules'), path.join(folder, 'node_modules')]);
  for (const name of ['lib', 'scripts', 'test', 'package.json'])
    fs.cpSync(inProject(name), path.join(folder, name), { recursive: true });
  const bindings = path.join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8');
  fs.rmSync(bindings, { recursive: true, force: true }); // links: the files of the project stay
  fs.rmSync(path.join(folder, 'node_modules/.axunet'), { recursive: true, force: true });
}

/** A module of the copy's set-up, which looks for packages in the copy. */
export const setupModule = (folder, name) =>
  import(pathToFileURL(path.join(folder, 'lib/engine/setup', `${name}.mjs`)).href);

/**
 * TensorFlow's folder for `system` (systemOf of the copy's platform.mjs), downloaded once into `cache`, and both
 * bindings of the copy compiled against it. Returns {library, bindings: [tfjs', ours]}.
 */
export async function buildFor(folder, { system, compiler, cache, say }) {
  process.env.AXUNET_CACHE = cache;
  const { cachedWheelFolder, downloadWheel, isCached } = await setupModule(folder, 'wheel');
  const { findPythons } = await setupModule(folder, 'python');
  const pinned = system.wheel;
  const python = (await findPythons()).find(({ pip }) => pip);
  if (!python) throw new Problem('Expected a python3 with pip on PATH, found none');
  const status = { show() {}, clear() {}, print: say };
  const library = (await isCached({ pinned }))
    ? cachedWheelFolder(pinned)
    : await downloadWheel(python, status, pinned);
  const { bindingFile, compileBinding } = await setupModule(folder, 'binding');
  const { compileGraphBinding, graphBindingFile } = await setupModule(folder, 'graphBinding');
  await compileBinding(library, compiler, { system });
  say("tfjs' binding compiled");
  await compileGraphBinding(library, compiler, { system });
  say('our binding compiled');
  return { library, bindings: [bindingFile(), graphBindingFile()] };
}
