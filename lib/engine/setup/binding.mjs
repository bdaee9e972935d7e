// Compiles the C++ half of @tensorflow/tfjs-node-gpu against a TensorFlow library, and proves in a
// child process that it computes.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilerName } from './compiler.mjs';
import { packageFolder, packageVersion, parseObject } from './files.mjs';
import { here, linkArguments } from './platform.mjs';
import { run } from './processes.mjs';
import { Problem } from './words.mjs';

const tfjsFolder = () => packageFolder('@tensorflow/tfjs-node-gpu');
/** Where the compiled binding belongs. */
export const bindingFile = () => path.join(tfjsFolder(), 'lib/napi-v8/tfjs_binding.node');
/** The files of a TensorFlow library, in its folder. */
export const libraries = here.libraries;

/** What a folder lacks to be a TensorFlow package folder (as in site-packages), or undefined where it has all. */
export function whatIsMissing(folder, system = here) {
  return [...system.libraries, 'include/tensorflow/c/c_api.h'].find((name) => !fs.existsSync(path.join(folder, name)));
}

/** What tells one installed library from another: its real place, sizes and dates. */
export function fingerprint(folder) {
  return libraries.map((name) => {
    const file = fs.realpathSync(path.join(folder, name));
    const { size, mtimeMs } = fs.statSync(file);
    return `${file} ${size} ${Math.round(mtimeMs)}`;
  });
}

/** What the binding is made of besides the library: the sources' version and the level of Node-API. */
export function sourcesVersion() {
  const [tfjs, headers] = ['@tensorflow/tfjs-node-gpu', 'node-api-headers'].map(packageVersion);
  return `tfjs-node-gpu ${tfjs}, node-api-headers ${headers}, Node-API 8`;
}

/** One sentence with the first complaint of a compiler that failed. */
export function compilerProblem(compiler, what, { stderr, timedOut }) {
  const lines = stderr.split('\n');
  const complaint =
    lines.find((text) => /error|cannot find|undefined reference/.test(text)) ?? stderr.trim().split('\n')[0];
  const reason = timedOut ? `not finished in ${compileLimitS} s` : complaint.trim() || 'no message';
  return new Problem(`${compilerName(compiler)} could not compile ${what} (${reason})`);
}

/** Seconds for one file: zig compiles a C++ library first, once, which takes minutes on a busy machine. */
export const compileLimitS = 900;
const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w'];
const definitions = ['-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];

/**
 * Compiles lib/napi-v8/tfjs_binding.node; a binding that is in use is replaced, never overwritten. Throws a Problem.
 */
export async function compileBinding(folder, compiler, { target = bindingFile(), system = here } = {}) {
  const library = fs.realpathSync(folder);
  const [program, ...options] = compiler;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(tfjsFolder(), 'binding', name));
  const include = [path.join(packageFolder('node-api-headers'), 'include'), path.join(library, 'include')];
  const result = await run(
    program,
    [
      ...[...options, ...flags, ...definitions, ...include.flatMap((each) => ['-I', each])],
      ...[...sources, '-o', temporary, ...linkArguments(library, path.basename(target), system)],
    ],
    { timeoutS: compileLimitS },
  );
  if (result.code === 0) return fs.renameSync(temporary, target);
  fs.rmSync(temporary, { force: true });
  throw compilerProblem(compiler, 'the binding', result);
}

const checkFile = fileURLToPath(new URL('check.cjs', import.meta.url));

/**
 * Loads the binding in a child process, multiplies two matrices and runs a dilated convolution, and compares with the
 * cpu backend. With `graph` (the file of the graph binding) a session runs a graph with our own kernels as well.
 * Returns {version: of TensorFlow, gpu: boolean}. Throws a Problem.
 */
export async function checkBinding(graph) {
  const result = await run(process.execPath, [checkFile, ...(graph ? [graph] : [])], {
    timeoutS: 180,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const answer = result.stdout.split('\n').map(parseObject).find(Boolean);
  if (result.code === 0 && typeof answer?.version === 'string' && typeof answer.gpu === 'boolean') return answer;
  if (result.timedOut) throw new Problem('it did not finish a first computation in 180 s');
  if (result.signal === 'SIGILL' || /compiled to use \w*AVX|instructions/.test(result.stderr))
    throw new Problem('this processor lacks the AVX instructions that TensorFlow needs');
  const line = result.stderr.split('\n').find((text) => /Error:|error:/.test(text));
  throw new Problem(`it failed its first computation (${line?.trim() ?? result.signal ?? `exit code ${result.code}`})`);
}
