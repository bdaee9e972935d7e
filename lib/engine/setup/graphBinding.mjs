// Compiles ../cpp (graphs, sessions and our own kernels) into a second binding beside that of
// @tensorflow/tfjs-node-gpu.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindingFile, compileLimitS, compilerProblem } from './binding.mjs';
import { realCompiler } from './compiler.mjs';
import { packageFolder, packageVersion } from './files.mjs';
import { here, linkArguments } from './platform.mjs';
import { run } from './processes.mjs';

/** Where the compiled graph binding belongs; graph/native.ts looks for it there. */
export const graphBindingFile = () => path.join(path.dirname(bindingFile()), 'tensorflow_graph.node');
const sourceFolder = fileURLToPath(new URL('../cpp', import.meta.url));
const headerPackages = { 'node-api-headers': 'include', 'node-addon-api': '.' };
const flags = [
  '-std=c++17',
  '-O3',
  '-fPIC',
  '-w',
  '-DNAPI_VERSION=8',
  '-DNAPI_CPP_EXCEPTIONS',
  '-DBUILDING_NODE_EXTENSION',
  '-DNODE_GYP_MODULE_NAME=tensorflow_graph',
];

/**
 * What the binding is made of: C++ files and headers, ours and Node's, and flags. A change of
 * any of them means to compile anew.
 */
export function graphStamp(folder = sourceFolder) {
  const hash = createHash('sha256').update(flags.join());
  const sources = fs.readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name));
  for (const name of sources.sort()) {
    hash.update(`\n${name}\n`).update(fs.readFileSync(path.join(folder, name)));
  }
  const headers = Object.keys(headerPackages).map((name) => `${name} ${packageVersion(name)}`);
  return [`sources ${hash.digest('hex').slice(0, 16)}`, ...headers].join(', ');
}

/**
 * Whether nothing is to be done. `note` is that of the last time: {stamp, compiler,
 * reason?: why it could not be compiled}; `compiler` is the command that there is now.
 */
export function isGraphUpToDate(note, compiler, stamp = graphStamp(), file = graphBindingFile()) {
  if (note?.stamp !== stamp) return false;
  return note.reason === undefined ? fs.existsSync(file) : note.compiler === realCompiler(compiler);
}

/**
 * Compiles the sources beside each other and links them; a binding that is in use is replaced, never overwritten.
 * Where that fails, nothing stays behind but the binding that was there before. Throws a Problem.
 */
export async function compileGraphBinding(
  folder,
  compiler,
  { sources = sourceFolder, target = graphBindingFile(), system = here } = {},
) {
  const library = fs.realpathSync(folder);
  const work = `${target}.${process.pid}.tmp`;
  const remove = () => fs.rmSync(work, { recursive: true, force: true });
  process.once('exit', remove); // also where Ctrl-C ends the script
  fs.mkdirSync(work, { recursive: true });
  try {
    const headers = Object.entries(headerPackages).map(([name, folder]) => path.join(packageFolder(name), folder));
    const include = [...headers, path.join(library, 'include')].flatMap((each) => ['-I', each]);
    const object = (name) => path.join(work, `${name}.o`);
    const compile = (args, what) => compileOne(compiler, args, what);
    const names = largestFirst(sources);
    await inParallel(names, (name) =>
      compile([...flags, ...include, '-c', path.join(sources, name), '-o', object(name)], name),
    );
    const linked = path.join(work, path.basename(target));
    await compile(
      ['-shared', ...names.map(object), '-o', linked, ...linkArguments(library, path.basename(target), system)],
      'the graph binding',
    );
    fs.renameSync(linked, target);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

async function compileOne(compiler, args, what) {
  const [program, ...options] = compiler;
  const result = await run(program, [...options, ...args], { timeoutS: compileLimitS });
  if (result.code !== 0) throw compilerProblem(compiler, what, result);
}

/** The C++ files of a folder; with the longest work first, the processors end at about the same time. */
function largestFirst(folder) {
  const size = (name) => fs.statSync(path.join(folder, name)).size;
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.cc'))
    .sort((a, b) => size(b) - size(a));
}

/**
 * As many jobs at once as there are processors. After a failure no further one is started;
 * it is thrown when all have ended.
 */
async function inParallel(items, job) {
  const waiting = [...items];
  const failures = [];
  await Promise.all(
    Array.from({ length: os.availableParallelism() }, async () => {
      while (waiting.length && !failures.length) await job(waiting.shift()).catch((error) => failures.push(error));
    }),
  );
  if (failures.length) throw failures[0];
}
