// node scripts/macos-link.mjs: compiles and links the engine for macOS on arm64 with zig (Python's package ziglang)
// and reads from the files whether a Mac's loader would find everything: libraries, symbols, places. Nothing is run:
// that takes a Mac. Ten minutes on two cores, 1.5 GB in .jupyter/macos, which stay for the next time.
import { createRequire } from 'node:module';
import path from 'node:path';
import { findCompiler } from '../lib/engine/setup/compiler.mjs';
import { systemOf } from '../lib/engine/setup/platform.mjs';
import { findProgram, inProject, Problem, runMain } from './common.mjs';
import { buildFor, makeTree, must } from './cross-tree.mjs';
import { readMachO, unresolved } from './mach-o.mjs';

const home = inProject('.jupyter/macos');
const tree = path.join(home, 'project');
const system = systemOf('darwin', 'arm64');

/** Zig, of the Python on PATH that has it, else put into an environment of its own. */
async function zig() {
  delete process.env.CXX;
  const folders = process.env.PATH;
  const find = (PATH) => {
    process.env.PATH = PATH;
    return findCompiler({ system, platform: 'none of the others' });
  };
  const python = findProgram('python3');
  if (!python) throw new Problem('Expected python3 on PATH, found none');
  const venv = path.join(home, 'venv');
  await must(python, ['-m', 'venv', venv]);
  await must(path.join(venv, 'bin/pip'), ['install', '--quiet', 'ziglang']);
  const found = await find(path.join(venv, 'bin'));
  process.env.PATH = folders;
  return found;
}

/** Node-API's functions, of the level that both bindings ask for. */
const { v8 } = createRequire(import.meta.url)('node-api-headers').symbols;
const nodeApi = new Set([...v8.js_native_api_symbols, ...v8.node_api_symbols].map((name) => `_${name}`));

const share = (part, whole) => `${part} of ${whole}`;

/** One binding: whether all that it wants is there, and where it looks. */
function examine(name, known, library) {
  const file = readMachO(name);
  const missing = unresolved(file, known);
  const ofTensorflow = file.wanted.filter(({ from }) => known[file.needs[from - 1]]);
  const ofNode = file.wanted.filter(({ name: each, from }) => from === undefined && nodeApi.has(each));
  const nowhere = file.wanted.filter(({ name: each, from }) => from === undefined && !nodeApi.has(each));
  console.log(`${path.basename(name)}: ${file.id}, for macOS ${file.oldestSystem} and later`);
  console.log(`  needs       ${file.needs.join(', ')}`);
  console.log(`  looks in    ${file.rpaths.join(', ')}`);
  console.log(`  TensorFlow  ${share(ofTensorflow.length - missing.length, ofTensorflow.length)} symbols found`);
  console.log(`  Node        ${ofNode.length} symbols of Node-API, looked for when it is loaded`);
  console.log(`  signature   ${file.isSigned ? 'there (ad hoc)' : 'none: arm64 would not load it'}`);
  const problems = [
    ...missing.map(({ name: each }) => `${each} is not in TensorFlow`),
    ...(ofNode.length > 0 ? [] : ['it wants nothing of Node']),
    ...nowhere.map(({ name: each }) => `${each} is in no library`),
    ...(file.isSigned ? [] : ['it is not signed']),
    ...(file.rpaths.includes(library) ? [] : ['it does not look where TensorFlow is']),
    ...system.libraries
      .filter((each) => !file.needs.includes(`@rpath/${each}`))
      .map((each) => `it does not need ${each}`),
  ];
  for (const problem of problems) console.log(`  FAILED      ${problem}`);
  return problems.length === 0;
}

runMain(async () => {
  const compiler = await zig();
  if (!compiler) throw new Problem('Expected the Python package ziglang to hold a compiler, found none');
  await makeTree(tree);
  const { library, bindings } = await buildFor(tree, {
    system,
    compiler,
    cache: path.join(home, 'cache'),
    say: console.log,
  });
  const known = Object.fromEntries(
    system.libraries.map((name) => [`@rpath/${name}`, readMachO(path.join(library, name))]),
  );
  for (const [id, file] of Object.entries(known))
    console.log(`${id}: ${file.id}, needs ${file.needs.join(', ')}, looks in ${file.rpaths.join(', ') || 'no folder'}`);
  const good = bindings.map((binding) => examine(binding, known, library));
  return good.every(Boolean) ? 0 : 1;
});
