// Puts a current TensorFlow behind @tensorflow/tfjs-node-gpu, whose own installer fetches one of 2022.
//
// Where the library comes from, in this order:
//   1. the folder AXUNET_TENSORFLOW
//   2. a Python package tensorflow or tensorflow-cpu, 2.16 to 2.21 (with "tensorflow[and-cuda]" the GPU is used)
//   3. the one that was set up before
//   4. the user's cache, filled by a pinned download (platform.mjs) of 214 to 227 MB through the user's pip
// Then: compile the binding and, beside it, our own for graphs (10 s on two processors), compute something in a child
// process, and note what was done, so that later starts cost nothing.
import fs from 'node:fs';
import path from 'node:path';
import { bindingFile, checkBinding, compileBinding, fingerprint, sourcesVersion, whatIsMissing } from './binding.mjs';
import { findCompiler, noCompiler, realCompiler } from './compiler.mjs';
import { writeJson } from './files.mjs';
import { compileGraphBinding, graphBindingFile, graphStamp, isGraphUpToDate } from './graphBinding.mjs';
import { checksums, noteFile, readNote } from './library.mjs';
import { systemOf } from './platform.mjs';
import { findPythons } from './python.mjs';
import { cachedWheelFolder, downloadWheel, isCached, wheel } from './wheel.mjs';
import { duration, Problem } from './words.mjs';

const supported = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major === 2 && minor >= 16 && minor <= 21;
};

/** Why this system cannot run TensorFlow's library at all; undefined where it can. */
export function whyNotHere(platform = process.platform, arch = process.arch, glibc = glibcVersion()) {
  const found = `${{ darwin: 'macOS', linux: 'Linux', win32: 'Windows' }[platform] ?? platform} on ${arch}`;
  if (!systemOf(platform, arch))
    return `it needs Linux on x64 or arm64 or macOS on arm64, found ${found}; use such a machine, a container or WSL`;
  if (platform === 'linux' && !glibc)
    return 'it needs glibc, found another C library (musl); use a Debian, Ubuntu or Fedora based system or image';
  return undefined;
}

function glibcVersion() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime;
}

/** A status line that shows lasting lines only. */
const plainStatus = { show() {}, print: console.log, clear() {} };

/**
 * Sets TensorFlow up where that is possible and needed.
 * @param status a status line: show(passing text), print(lasting text), clear()
 * @param options.force sets up anew although nothing changed, and tries rejected libraries again
 * @returns {ready: {version, gpu, folder, source, graph: {reason?: string}}} or {reason: one
 * phrase with the reason and the fix}
 */
export async function setupTensorflow(status = plainStatus, { force = false } = {}) {
  const { ready: before, rejected } = force ? { rejected: {} } : readNote();
  try {
    const ready = await firstThatWorks(before, rejected, status);
    writeJson(noteFile(), { ready, rejected });
    return { ready };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // a binding that does not work would only fail later
    for (const file of [bindingFile(), graphBindingFile()]) fs.rmSync(file, { force: true });
    writeJson(noteFile(), { reason: error.message, rejected });
    return { reason: error.message };
  }
}

async function firstThatWorks(before, rejected, status) {
  const impossible = whyNotHere();
  if (impossible) throw new Problem(impossible);
  const [pythons, compiler] = [await findPythons(), await findCompiler()];
  let problem;
  for await (const { source, folder } of candidates(before, { pythons, compiler, status })) {
    const key = fingerprint(folder).join(', ');
    if (isUpToDate(before, folder)) return withGraph(before, compiler, status);
    if (rejected[key]) {
      problem ??= new Problem(rejected[key]);
      continue;
    }
    if (!compiler) throw await noCompiler();
    try {
      return await setUp(compiler, source, folder, status);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      rejected[key] = `the library in ${folder} cannot be used: ${error.message}`;
      problem ??= new Problem(rejected[key]);
      status.print(`TensorFlow from ${source}: ${error.message}`);
    }
  }
  throw problem ?? new Problem('no library was found');
}

/**
 * The libraries in order of preference, each looked for only when the ones before did not
 * do; the last one is downloaded.
 */
async function* candidates(before, { pythons, compiler, status }) {
  if (process.env.AXUNET_TENSORFLOW) return yield namedFolder(path.resolve(process.env.AXUNET_TENSORFLOW));
  for (const python of pythons) {
    if (!python.tensorflow || !supported(python.tensorflow) || whatIsMissing(python.folder)) continue;
    yield { source: `Python's tensorflow ${python.tensorflow}`, folder: python.folder };
  }
  const source = `${wheel.name} ${wheel.version}`;
  if (before && (await isUsable(before, source))) yield before;
  if (await isCached()) return yield { source, folder: cachedWheelFolder() };
  if (!compiler) throw await noCompiler(); // before 214 MB are fetched in vain
  yield { source, folder: await downloadWheel(pythonWithPip(pythons), status) };
}

/** Whether what was set up before can be taken again: a downloaded library that was touched is compared first. */
async function isUsable(before, downloaded) {
  if (whatIsMissing(before.folder)) return false;
  return before.source !== downloaded || isUpToDate(before, before.folder) || isCached({ folder: before.folder });
}

/** AXUNET_TENSORFLOW: the package folder itself, or the folder (site-packages, an unpacked wheel) that holds it. */
function namedFolder(named) {
  const folder = [named, path.join(named, 'tensorflow')].find((each) => !whatIsMissing(each));
  if (folder) return { source: 'AXUNET_TENSORFLOW', folder };
  throw new Problem(
    `the folder AXUNET_TENSORFLOW=${named} lacks ${whatIsMissing(named)}; name the folder "tensorflow" of an ` +
      'installed or unpacked Python package, or unset the variable',
  );
}

function pythonWithPip(pythons) {
  const python = pythons.find((each) => each.pip);
  if (python) return python;
  const [who, other] = pythons.length
    ? ['Python has no pip', 'else python3 -m ensurepip']
    : ['there is no python3 on PATH', 'Fedora: sudo dnf install python3-pip'];
  throw new Problem(
    `${who} to download the library with; install it (Debian, Ubuntu: sudo apt install python3-pip; ${other})`,
  );
}

function isUpToDate(before, folder) {
  return (
    Boolean(before) &&
    fs.existsSync(bindingFile()) &&
    before.node === process.versions.modules &&
    before.sources === sourcesVersion() &&
    fingerprint(folder).join() === before.library.join()
  );
}

async function setUp(compiler, source, folder, status) {
  const started = performance.now();
  status.show(`Setting up TensorFlow from ${folder}`);
  const stamp = graphStamp();
  const graph = reasonOf(compileGraphBinding(folder, compiler)); // beside the other one
  const [binding] = await Promise.allSettled([compileBinding(folder, compiler), graph]);
  if (binding.status === 'rejected') throw binding.reason;
  let reason = await graph;
  const together = reason === undefined ? await checkBinding(graphBindingFile()).catch(onlyProblems) : undefined;
  if (together instanceof Problem) reason = unusable(together);
  const { version, gpu } = reason === undefined ? together : await checkBinding();
  const sha256 = await checksums(folder);
  const ready = {
    version,
    gpu,
    source,
    folder,
    library: fingerprint(folder),
    sha256,
    node: process.versions.modules,
    sources: sourcesVersion(),
    graph: graphNote(stamp, compiler, reason),
  };
  const time = duration((performance.now() - started) / 1000);
  status.print(`TensorFlow ${version} set up (${gpu ? 'GPU' : 'CPU'}, from ${source}; ${time})`);
  return ready;
}

/**
 * Compiles the graph binding alone where only its sources changed, or the compiler after a failure.
 * TensorFlow stays usable where that fails.
 */
async function withGraph(ready, compiler, status) {
  const stamp = graphStamp();
  if (isGraphUpToDate(ready.graph, compiler, stamp)) return ready;
  const started = performance.now();
  status.show('Compiling the graph binding');
  const reason =
    (await reasonOf(compiler ? compileGraphBinding(ready.folder, compiler) : Promise.reject(await noCompiler()))) ??
    (await reasonOf(checkBinding(graphBindingFile()), unusable));
  if (reason === undefined) status.print(`Graph binding compiled (${duration((performance.now() - started) / 1000)})`);
  return { ...ready, graph: graphNote(stamp, compiler, reason) };
}

/** An outdated or broken graph binding must not be found by the engine. */
function graphNote(stamp, compiler, reason) {
  if (reason !== undefined) fs.rmSync(graphBindingFile(), { force: true });
  return { stamp, compiler: realCompiler(compiler), reason };
}

const unusable = ({ message }) => `the graph binding cannot be used: ${message}`;

function onlyProblems(error) {
  if (error instanceof Problem) return error;
  throw error;
}

/** Why a job failed; undefined where it did not. */
async function reasonOf(job, tell = ({ message }) => message) {
  const problem = await job.then(() => undefined, onlyProblems);
  return problem && tell(problem);
}
