import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whatIsMissing } from '../../../lib/engine/setup/binding.mjs';
import { readNote } from '../../../lib/engine/setup/library.mjs';
import { systemOf } from '../../../lib/engine/setup/platform.mjs';
import { findPythons } from '../../../lib/engine/setup/python.mjs';
import { whyNotHere } from '../../../lib/engine/setup/tensorflow.mjs';
import { cachedWheelFolder, downloadWheel, isCached, pipReason } from '../../../lib/engine/setup/wheel.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-tensorflow-'));
  vi.stubEnv('AXUNET_CACHE', path.join(folder, 'cache'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An executable shell script of the given name. */
function program(name: string, script: string): string {
  const file = path.join(folder, 'bin', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('systems', () => {
  it.each([
    ['linux', 'x64', '2.36'],
    ['linux', 'arm64', '2.36'],
    ['darwin', 'arm64', undefined],
  ])('%s on %s can have TensorFlow', (platform, arch, glibc) => {
    expect(whyNotHere(platform, arch, glibc ?? '')).toBeUndefined();
  });

  it.each([
    ['darwin', 'x64', undefined, /macOS on x64/],
    ['win32', 'x64', undefined, /Windows on x64/],
    ['linux', 'riscv64', '2.36', /Linux on riscv64/],
    ['linux', 'x64', undefined, /musl/],
    ['linux', 'arm64', undefined, /musl/],
  ])('%s on %s (glibc %s) cannot, and hears why', (platform, arch, glibc, reason) => {
    expect(whyNotHere(platform, arch, glibc ?? '')).toMatch(reason);
  });
});

describe.skipIf(process.platform === 'win32')(
  'Pythons on PATH (shell scripts stand in for them; not on Windows)',
  () => {
    it('are described by what they print, and those that do not work are passed over', async () => {
      const tensorflow = { tensorflow: '2.18.0', folder: '/x/tensorflow' };
      const found = { executable: '/x/python', version: '3.12.1', pip: true, ...tensorflow };
      program('python3', 'exit 3');
      program('python', `echo '${JSON.stringify(found)}'`);
      vi.stubEnv('PATH', path.join(folder, 'bin'));
      expect(await findPythons()).toEqual([found]);
    });

    it('may be absent', async () => {
      vi.stubEnv('PATH', folder);
      expect(await findPythons()).toEqual([]);
    });
  },
);

describe('a TensorFlow folder', () => {
  it('lacks its libraries or headers by name', () => {
    const [linux, mac] = [systemOf('linux', 'arm64'), systemOf('darwin', 'arm64')];
    expect(whatIsMissing(folder, linux)).toBe('libtensorflow_cc.so.2');
    for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(path.join(folder, file), '');
    expect(whatIsMissing(folder, linux)).toBe('include/tensorflow/c/c_api.h');
    expect(whatIsMissing(folder, mac)).toBe('libtensorflow_cc.2.dylib');
  });
});

describe('the cache', () => {
  const content = 'library';
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const pinned = {
    folder: 'tensorflow-of-a-test',
    sha256: sha256('wheel'),
    members: { 'a.so': 'tensorflow/a.so', 'b.so': 'tensorflow.libs/b.so' },
    contents: sha256(['a.so', 'b.so'].map((n) => `${sha256(content)}  ${n}\n`).join('')),
  };
  const inCache = (name: string): string => path.join(cachedWheelFolder(pinned), name);
  const fill = (): void => {
    mkdirSync(cachedWheelFolder(pinned), { recursive: true });
    for (const name of Object.keys(pinned.members)) writeFileSync(inCache(name), content);
    writeFileSync(inCache('manifest.json'), JSON.stringify({ wheel: pinned.sha256, files: {} }));
  };

  it('is used when every file has the checksum that the wheel is known to have', async () => {
    expect(await isCached({ pinned })).toBe(false);
    fill();
    expect(await isCached({ pinned })).toBe(true);
    expect(await isCached({ pinned: { ...pinned, sha256: sha256('another wheel') } })).toBe(false);
    expect(await isCached()).toBe(false);
  });

  it('is not used when a file was cut, changed or removed, whatever its own list says', async () => {
    fill();
    writeFileSync(inCache('b.so'), content.slice(1));
    expect(await isCached({ pinned })).toBe(false);
    const files = { 'a.so': sha256(content) };
    writeFileSync(inCache('manifest.json'), JSON.stringify({ wheel: pinned.sha256, files }));
    expect(await isCached({ pinned })).toBe(false);
    rmSync(inCache('b.so'));
    expect(await isCached({ pinned })).toBe(false);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
describe.skipIf(process.platform === 'win32')('the download (a shell script stands in for pip; not on Windows)', () => {
  const status = { show: vi.fn(), print: vi.fn(), clear: vi.fn() };
  const wheelFor = (platform: string, arch: string) => systemOf(platform, arch).wheel;
  const toDest = 'while [ "$1" != --dest ]; do shift; done';

  it('tries three times, refuses a file that is not the pinned one, and leaves nothing behind', async () => {
    const executable = program('python', `${toDest}; echo wrong > "$2/tensorflow_cpu.whl"; sleep 0.4`);
    await expect(downloadWheel({ executable }, status, wheelFor('linux', 'x64'))).rejects.toThrow(
      /tensorflow_cpu\.whl that pip delivered has sha256 [0-9a-f]{12}… instead of c855cb6bf05d…/,
    );
    expect(status.print.mock.calls.flat().filter((text: string) => /^Attempt \d failed/.test(text))).toHaveLength(2);
    expect(existsSync(cachedWheelFolder(wheelFor('linux', 'x64')))).toBe(false);
    expect(readdirSync(path.join(folder, 'cache'))).toEqual([]);
  });

  it('does not try again where nothing arrived, and says what pip said', async () => {
    const calls = path.join(folder, 'calls');
    const executable = program(
      'python',
      `echo call >> ${calls}; echo 'ERROR: No matching distribution found' >&2; exit 1`,
    );
    await expect(downloadWheel({ executable }, status, wheelFor('linux', 'x64'))).rejects.toThrow(
      /pip could not download tensorflow-cpu==2\.16\.2 \(No matching distribution found\); check the network/,
    );
    expect(readFileSync(calls, 'utf8')).toBe('call\n');
  });

  it.skipIf(!hasPython).each([
    [
      'linux',
      'arm64',
      'manylinux2014_aarch64',
      ['tensorflow.libs/libomp-e9212f90.so.5', 'tensorflow/libtensorflow_cc.so.2'],
    ],
    ['darwin', 'arm64', 'macosx_12_0_arm64', ['tensorflow/libtensorflow_cc.2.dylib']],
  ])(
    'asks for the wheel of %s %s and unpacks what belongs to it, whatever runs this',
    async (platform, arch, tag, files) => {
      const made = path.join(folder, 'made.whl');
      const { members, ...others } = wheelFor(platform, arch);
      const zip =
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); [z.writestr(n, 'x') for n in sys.argv[2:]]";
      execFileSync('python3', ['-c', zip, made, ...Object.values<string>(members)]);
      const sha256 = createHash('sha256').update(readFileSync(made)).digest('hex');
      const asked = path.join(folder, 'asked');
      const executable = program(
        'python',
        `if [ "$2" = -c ]; then exec python3 "$@"; fi; echo "$*" > ${asked}; ${toDest}; cp ${made} "$2/x.whl"`,
      );
      const target = await downloadWheel({ executable }, status, {
        ...others,
        members,
        sha256,
        bytes: 1,
        unpackedBytes: 1,
      });
      expect(readFileSync(asked, 'utf8')).toContain(`--platform ${tag} `);
      expect(Object.values(members)).toEqual(expect.arrayContaining(files));
      for (const name of Object.keys(members)) expect(readFileSync(path.join(target, name), 'utf8')).toBe('x');
      expect(whatIsMissing(target, systemOf(platform, arch))).toBeUndefined();
    },
  );

  it('names a lost connection as such, and never the address of an index', () => {
    expect(
      pipReason(
        "WARNING: Retrying ... NewConnectionError('…')\n" +
          'ERROR: Could not find a version that satisfies the requirement x',
      ),
    ).toBe('there is no connection to the package index');
    expect(pipReason('ERROR: 403 Client Error: Forbidden for url: https://index.example/simple/x/')).toBe(
      '403 Client Error: Forbidden for url: …',
    );
  });
});

describe('what an earlier set-up noted', () => {
  const ready = { version: '2.16.2', gpu: false, folder: '/x', source: 'y', library: ['a 1 2', 'b 3 4'] };
  const noted = (text: string) => {
    const file = path.join(folder, 'tensorflow.json');
    writeFileSync(file, text);
    return readNote(file);
  };

  it('is taken where it is whole', () => {
    expect(noted(JSON.stringify({ ready, rejected: { z: 'no' } }))).toEqual({ ready, rejected: { z: 'no' } });
    expect(noted(JSON.stringify({ reason: 'none', rejected: {} }))).toEqual({ rejected: {} });
  });

  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"ready": null}',
    '{"ready": {"folder": 5}, "rejected": [1]}',
    '{"rejected": {"a": 1}}',
  ])('counts as nothing where it is damaged: %s', (text) => expect(noted(text)).toEqual({ rejected: {} }));

  it('counts as nothing where a path is missing in it', () => {
    for (const part of ['version', 'folder', 'source', 'library'])
      expect(noted(JSON.stringify({ ready: { ...ready, [part]: 7 } }))).toEqual({ rejected: {} });
    expect(readNote(path.join(folder, 'none.json'))).toEqual({ rejected: {} });
  });
});
