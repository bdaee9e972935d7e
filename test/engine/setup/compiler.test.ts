import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compilerName, findCompiler, noCompiler, realCompiler } from '../../../lib/engine/setup/compiler.mjs';
import { systemOf } from '../../../lib/engine/setup/platform.mjs';

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(path.join(os.tmpdir(), 'axunet-compiler-'));
  vi.stubEnv('PATH', bin);
  vi.stubEnv('CXX', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true, force: true });
});

/** An executable shell script on PATH. */
function program(name: string, script = 'exit 0'): string {
  const file = path.join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}
/** A Python that has the package ziglang in a folder, or none; `managed` is the system's. */
function python(folder: string, managed = 'False'): string {
  return program('python3', `echo '${folder}'; echo ${managed}`);
}
function ziglang(): string {
  const folder = path.join(bin, 'site-packages', 'ziglang');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'zig'), '', { mode: 0o755 });
  return folder;
}

describe.skipIf(process.platform === 'win32')(
  'the compiler (shell scripts stand in for all programs; not on Windows)',
  () => {
    it('is what CXX says, with its options, then g++, c++, clang++', async () => {
      program('clang++');
      expect(await findCompiler({ platform: 'linux' })).toEqual([path.join(bin, 'clang++')]);
      program('g++');
      expect(await findCompiler({ platform: 'linux' })).toEqual([path.join(bin, 'g++')]);
      program('ccache');
      vi.stubEnv('CXX', 'ccache clang++ -m64');
      expect(await findCompiler({ platform: 'linux' })).toEqual([path.join(bin, 'ccache'), 'clang++', '-m64']);
    });

    it.each([
      ['linux', 'x64', 'x86_64-linux-gnu.2.17'],
      ['linux', 'arm64', 'aarch64-linux-gnu.2.17'],
      ['darwin', 'arm64', 'aarch64-macos.12.0'],
    ])(
      "without them is that of Python's ziglang, for %s %s as TensorFlow was built",
      async (platform, arch, target) => {
        const folder = ziglang();
        python(folder);
        const found = await findCompiler({ system: systemOf(platform, arch), platform });
        expect(found).toEqual([path.join(folder, 'zig'), 'c++', '-target', target]);
        expect(compilerName(found)).toBe('zig c++');
        expect(realCompiler(found)).toBe(realpathSync(path.join(folder, 'zig')));
      },
    );

    it('on macOS is not the program of that name which only asks to install one', async () => {
      program('clang++');
      program('xcode-select', 'exit 2');
      expect(await findCompiler({ platform: 'darwin' })).toBeUndefined();
      program('xcode-select', 'echo /Library/Developer/CommandLineTools');
      expect(await findCompiler({ platform: 'darwin' })).toEqual([path.join(bin, 'clang++')]);
    });

    it('may be absent; then one sentence says how to get one here', async () => {
      python('');
      expect(await findCompiler({ platform: 'linux' })).toBeUndefined();
      expect(realCompiler(undefined)).toBe('none');
      expect((await noCompiler('linux')).message).toBe(
        'there is no C++ compiler on PATH; install one (Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install ' +
          "gcc-c++), or, without an administrator, that of Python's packages (python3 -m pip install ziglang)",
      );
      expect((await noCompiler('darwin')).message).toMatch(/install one \(xcode-select --install\)/);
    });

    it('is put beside a Python that belongs to the system, which pip refuses to touch', async () => {
      python('', 'True');
      expect((await noCompiler('linux')).message).toMatch(
        /\(python3 -m venv ~\/zig && ~\/zig\/bin\/pip install ziglang/,
      );
    });
  },
);
