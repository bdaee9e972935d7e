// Which program compiles C++ here: one that is installed, or the one inside of the Python package ziglang.
import fs from 'node:fs';
import path from 'node:path';
import { here } from './platform.mjs';
import { findProgram, findPrograms, run } from './processes.mjs';
import { Problem } from './words.mjs';

// Not the current folder, but, other than for TensorFlow, the user's own packages too: pip puts them there.
const zigProbe = `
import importlib.util as u, os, sys
sys.path = [folder for folder in sys.path if folder]
spec = u.find_spec('ziglang')
print(list(spec.submodule_search_locations)[0] if spec and spec.submodule_search_locations else '')
print(os.path.exists(os.path.join(os.path.dirname(os.__file__), 'EXTERNALLY-MANAGED')))
`;

/**
 * Zig's C++ compiler, as a command: of the first Python on PATH that has the package ziglang. It compiles for the
 * oldest processors and C library that TensorFlow itself takes, not for this machine's alone.
 */
async function findZig(system) {
  for (const program of findPrograms(['python3', 'python'])) {
    const { code, stdout } = await run(program, ['-E', '-c', zigProbe], { timeoutS: 20 });
    const zig = path.join(stdout.split('\n')[0].trim(), 'zig');
    if (code === 0 && path.isAbsolute(zig) && fs.existsSync(zig)) return [zig, 'c++', '-target', system.zig];
  }
  return undefined;
}

/** macOS has programs of the usual names that only ask to install a compiler, until there is one. */
const isThere = async (platform) => platform !== 'darwin' || (await run('xcode-select', ['-p'])).code === 0;

/**
 * The command that compiles C++, as [program, ...arguments], or undefined: $CXX, else the first of the usual names on
 * PATH, else that of the Python package ziglang.
 */
export async function findCompiler({ system = here, platform = process.platform } = {}) {
  const [wanted, ...options] = process.env.CXX?.split(' ').filter(Boolean) ?? [];
  const named = wanted && (path.isAbsolute(wanted) ? wanted : findProgram(wanted));
  if (named) return [named, ...options];
  const usual = findProgram('g++', 'c++', 'clang++');
  if (usual && (await isThere(platform))) return [usual];
  return findZig(system);
}

/** How a compiler is called in messages: by its file, or `zig c++`. */
export const compilerName = ([program, next]) => (next === 'c++' ? 'zig c++' : path.basename(program));

/** Which program compiles, by its real place: another one may succeed where the last one failed. */
export const realCompiler = (compiler) => (compiler ? fs.realpathSync(compiler[0]) : 'none');

const installers = {
  linux: 'Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install gcc-c++',
  darwin: 'xcode-select --install',
};

/** How Python gets a C++ compiler: into an environment of its own where the system's Python must be left alone. */
async function zigAdvice() {
  const python = findProgram('python3');
  const { stdout = '' } = python ? await run(python, ['-E', '-c', zigProbe], { timeoutS: 20 }) : {};
  return stdout.trim().endsWith('True')
    ? 'python3 -m venv ~/zig && ~/zig/bin/pip install ziglang && PATH=~/zig/bin:$PATH npm run setup'
    : 'python3 -m pip install ziglang';
}

/** The sentence for those who have no compiler. */
export async function noCompiler(platform = process.platform) {
  const how = installers[platform] ?? 'one that is called c++';
  return new Problem(
    `there is no C++ compiler on PATH; install one (${how}), or, without an administrator, that of Python's packages ` +
      `(${await zigAdvice()})`,
  );
}
