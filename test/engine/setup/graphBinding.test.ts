import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBinding } from '../../../lib/engine/setup/binding.mjs';
import { realCompiler } from '../../../lib/engine/setup/compiler.mjs';
import {
  compileGraphBinding,
  graphBindingFile,
  graphStamp,
  isGraphUpToDate,
} from '../../../lib/engine/setup/graphBinding.mjs';
import { systemOf } from '../../../lib/engine/setup/platform.mjs';

let folder: string;
let sources: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-graph-'));
  sources = path.join(folder, 'cpp');
  target = path.join(folder, 'lib', 'tensorflow_graph.node');
  for (const each of [sources, path.dirname(target)]) mkdirSync(each);
  for (const name of ['small.cc', 'large.cc', 'shared.h'])
    writeFileSync(path.join(sources, name), name.repeat(name.length));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A shell script that stands in for the compiler. It notes its arguments; $out is the file to write. */
function compiler(script: string): string[] {
  const file = path.join(folder, 'c++');
  const output = 'for each; do [ "$before" = -o ] && out=$each; before=$each; done';
  writeFileSync(file, `#!/bin/sh\necho "$*" >> ${path.join(folder, 'calls')}\n${output}\n${script}\n`, { mode: 0o755 });
  return [file];
}
const calls = (): string[] => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');

describe('the stamp of the graph binding', () => {
  it('changes with every C++ file and header and with their names, and with nothing else', () => {
    const first = graphStamp(sources);
    writeFileSync(path.join(sources, 'notes.txt'), 'not compiled');
    expect(graphStamp(sources)).toBe(first);
    const stamps = new Set([first]);
    writeFileSync(path.join(sources, 'shared.h'), 'another header');
    stamps.add(graphStamp(sources));
    writeFileSync(path.join(sources, 'small.cc'), 'another source');
    stamps.add(graphStamp(sources));
    writeFileSync(path.join(sources, 'more.cc'), '');
    stamps.add(graphStamp(sources));
    expect(stamps.size).toBe(4);
  });

  it('decides whether to compile: not after a success with any compiler, nor after a failure with the same one', () => {
    const isReady = (note?: object): boolean => isGraphUpToDate(note, [process.execPath], 'new', target);
    expect(isReady()).toBe(false);
    expect(isReady({ stamp: 'new', compiler: realCompiler([process.execPath]) })).toBe(false); // the file is gone
    expect(isReady({ stamp: 'new', compiler: realCompiler([process.execPath]), reason: 'too old' })).toBe(true);
    expect(isReady({ stamp: 'new', compiler: 'none', reason: 'no compiler' })).toBe(false);
    writeFileSync(target, '');
    expect(isReady({ stamp: 'new', compiler: 'none' })).toBe(true);
    expect(isReady({ stamp: 'old', compiler: realCompiler([process.execPath]) })).toBe(false);
    expect(isReady({ stamp: 'old', compiler: realCompiler([process.execPath]), reason: 'too old' })).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')(
  'compiling the graph binding (a shell script stands in for the compiler; not on Windows)',
  () => {
    it.each([
      ['linux', 'x64', /tensorflow_cc\.so\.2 \S+tensorflow_framework\.so\.2 -Xlinker -rpath -Xlinker \S+ -lpthread$/],
      [
        'darwin',
        'arm64',
        /cc\.2\.dylib \S+framework\.2\.dylib .* -undefined dynamic_lookup -Wl,-install_name,@rpath\/tensorflow_graph\.node$/,
      ],
    ])(
      'compiles each file once and links all of them against both libraries, on %s %s',
      async (platform, arch, link) => {
        const system = systemOf(platform, arch);
        await compileGraphBinding(folder, compiler('echo made > "$out"'), { sources, target, system });
        const made = calls();
        expect(made).toHaveLength(3);
        for (const name of ['small.cc', 'large.cc'])
          expect(made.filter((line) => line.includes(` -c ${path.join(sources, name)} `))).toHaveLength(1);
        expect(made[2]).toMatch(/^-shared \S+large\.cc\.o \S+small\.cc\.o /);
        expect(made[2]).toMatch(link);
        expect(readdirSync(path.dirname(target))).toEqual(['tensorflow_graph.node']);
      },
    );

    it('replaces a binding that is in use, and does not write into it', async () => {
      writeFileSync(target, 'old');
      const inUse = openSync(target, 'r');
      await compileGraphBinding(folder, compiler('echo new > "$out"'), { sources, target });
      expect(readFileSync(inUse, 'utf8')).toBe('old');
      closeSync(inUse);
      expect(readFileSync(target, 'utf8')).toBe('new\n');
    });

    const complaint = "error: bad value ('arch=x86-64-v4')";
    it.each([
      [
        'small.cc',
        `case "$*" in *small.cc\\ -o*) echo "x.cc:1:1: ${complaint}" >&2; exit 1;; esac; echo made > "$out"`,
      ],
      ['the graph binding', `case "$*" in -shared*) echo "ld: ${complaint}" >&2; exit 1;; esac; echo made > "$out"`],
    ])(
      'names what failed (%s) and the first complaint in one sentence, and keeps the old binding only',
      async (what, script) => {
        writeFileSync(target, 'old');
        await expect(compileGraphBinding(folder, compiler(script), { sources, target })).rejects.toThrow(
          new RegExp(`^c\\+\\+ could not compile ${what} \\(.*error: bad value \\('arch=x86-64-v4'\\)\\)$`),
        );
        expect(readFileSync(target, 'utf8')).toBe('old');
        expect(readdirSync(path.dirname(target))).toEqual(['tensorflow_graph.node']);
      },
    );
  },
);

describe.skipIf(!existsSync(graphBindingFile()))(
  'the self-check (skipped where the graph binding is not compiled)',
  () => {
    it('runs a graph in a child process', async () => {
      expect(await checkBinding(graphBindingFile())).toEqual({
        version: expect.stringMatching(/^2\./),
        gpu: expect.any(Boolean),
      });
    });

    it('says why a file that is no binding fails', async () => {
      writeFileSync(target, 'no binding');
      await expect(checkBinding(target)).rejects.toThrow(
        /^it failed its first computation \(Error: .*tensorflow_graph\.node/,
      );
    });
  },
);
