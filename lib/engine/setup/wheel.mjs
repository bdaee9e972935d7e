// The pinned TensorFlow (platform.mjs): two shared libraries and 14 headers of one wheel, fetched by the user's own pip
// into the user's cache.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder } from './cacheFolder.mjs';
import { readJson, writeJson } from './files.mjs';
import { sha256File } from './library.mjs';
import { here } from './platform.mjs';
import { run } from './processes.mjs';
import { duration, megabytes, Problem } from './words.mjs';

/** That of this system. */
export const { wheel } = here;

/** Reads each member to its end, which checks its CRC, and prints the bytes written so far. */
const unpackScript = `
import os, shutil, sys, zipfile
source, target, *pairs = sys.argv[1:]
with zipfile.ZipFile(source) as archive:
    for name, member in zip(pairs[::2], pairs[1::2]):
        place = os.path.join(target, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with archive.open(member) as reader, open(place, 'wb') as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
`;

export const cachedWheelFolder = (pinned = wheel) => path.join(cacheFolder(), pinned.folder);

/**
 * True where the cache holds the libraries, whole and unchanged (read through: about two seconds).
 * @param pinned what is looked for, and `folder`, where it lies
 */
export async function isCached({ pinned = wheel, folder = cachedWheelFolder(pinned) } = {}) {
  if (readJson(path.join(folder, 'manifest.json'))?.wheel !== pinned.sha256) return false;
  const hash = createHash('sha256');
  for (const name of Object.keys(pinned.members)) {
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) return false;
    hash.update(`${await sha256File(file)}  ${name}\n`);
  }
  return hash.digest('hex') === pinned.contents;
}

/**
 * Downloads and unpacks the wheel into the cache, announcing its size, and returns the folder.
 * The folder appears complete or not at all. Throws a Problem.
 * @param python {executable} of a Python that has pip
 * @param status a status line for the progress
 * @param pinned what to download: the wheel of this system
 */
export async function downloadWheel(python, status, pinned = wheel) {
  const work = makeWorkFolder(pinned);
  try {
    return await downloadInto(work, { python, status, pinned });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function downloadInto(work, { python, status, pinned }) {
  const folder = cachedWheelFolder(pinned);
  const started = performance.now();
  const sizes = `${megabytes(pinned.bytes)}, once; kept in ${folder}, ${megabytes(pinned.unpackedBytes)}`;
  status.print(`Downloading TensorFlow ${pinned.version} for the CPU (${sizes})`);
  const file = await fetchWheel(work, { python, status, pinned });
  status.show('Unpacking TensorFlow');
  const target = path.join(work, 'tensorflow');
  const members = Object.entries(pinned.members).flat();
  const { code, stderr } = await run(python.executable, ['-I', '-c', unpackScript, file, target, ...members]);
  if (code !== 0) throw new Problem(`TensorFlow's wheel could not be unpacked into ${work} (${lastLine(stderr)})`);
  const files = {};
  for (const name of Object.keys(pinned.members)) files[name] = await sha256File(path.join(target, name));
  writeJson(path.join(target, 'manifest.json'), { version: pinned.version, wheel: pinned.sha256, files });
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(target, folder);
  status.print(`Downloaded and unpacked in ${duration((performance.now() - started) / 1000)}`);
  return folder;
}

/** A folder of this process inside the cache; those that killed processes left are removed. */
function makeWorkFolder(pinned) {
  const cache = cacheFolder();
  const work = path.join(cache, `part-${os.hostname()}-${process.pid}`);
  try {
    fs.mkdirSync(work, { recursive: true });
    for (const name of fs.readdirSync(cache))
      if (isAbandoned(name)) fs.rmSync(path.join(cache, name), { recursive: true, force: true });
  } catch (error) {
    throw new Problem(`the cache folder ${cache} cannot be written (${error.code}); name another one in AXUNET_CACHE`);
  }
  process.once('exit', () => fs.rmSync(work, { recursive: true, force: true }));
  const { bavail, bsize } = fs.statfsSync(cache);
  const needed = pinned.bytes + pinned.unpackedBytes;
  if (bavail * bsize < needed) {
    const free = `${megabytes(bavail * bsize)} are free in ${cache}`;
    throw new Problem(
      `${megabytes(needed)} of disk space are needed and ${free}; make room or name another folder in AXUNET_CACHE`,
    );
  }
  return work;
}

function isAbandoned(name) {
  const pid = name.startsWith(`part-${os.hostname()}-`) ? Number(name.split('-').at(-1)) : 0;
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/**
 * Up to three attempts; a further one only where the last one got data, so that a machine
 * without network is not kept waiting.
 */
async function fetchWheel(work, job) {
  for (let attempt = 1; ; attempt++) {
    const folder = path.join(work, `attempt-${attempt}`);
    fs.mkdirSync(path.join(folder, 'temporary'), { recursive: true });
    const { problem, received, file } = await tryFetch(folder, job);
    if (!problem) return file;
    fs.rmSync(folder, { recursive: true, force: true });
    if (attempt === 3 || received === 0) throw new Problem(problem);
    job.status.print(`Attempt ${attempt} failed (${problem}); trying again`);
  }
}

const stallS = 90;

/** pip's arguments for the pinned wheel, into `folder`. */
const pipArguments = (folder, pinned) => [
  ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...pinned.tags],
  ...['--no-cache-dir', '--progress-bar', 'off', '--retries', '2', '--timeout', '20'],
  ...['--dest', folder, pinned.requirement],
];

/**
 * Watches what a child process loads into `folder`, shows it, and ends the child when
 * nothing has come for `stallS` seconds.
 */
function watchDownload(child, folder, { status, pinned }) {
  const started = performance.now();
  const watch = { received: 0, stalled: false, end: () => clearInterval(timer) };
  let lastGrowth = started;
  const timer = setInterval(() => {
    const now = performance.now();
    const size = folderBytes(folder);
    if (size > watch.received) [watch.received, lastGrowth] = [size, now];
    else if (now - lastGrowth > stallS * 1000) {
      watch.stalled = true;
      child.kill('SIGTERM');
    }
    status.show(downloadLine(pinned, watch.received, (now - started) / 1000));
  }, 250);
  return watch;
}

/** One attempt: {received: bytes} with `file`, or with the `problem`. */
async function tryFetch(folder, job) {
  let watch;
  const result = await run(job.python.executable, pipArguments(folder, job.pinned), {
    // pip writes into TMPDIR first; the growth of that folder is the progress, whatever pip's version.
    env: {
      ...process.env,
      TMPDIR: path.join(folder, 'temporary'),
      PIP_REQUIRE_VIRTUALENV: '0',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    },
    onStart: (child) => {
      watch = watchDownload(child, folder, job);
    },
  });
  watch.end();
  job.status.clear();
  return { received: watch.received, ...(await fetched(folder, result, watch.stalled, job.pinned)) };
}

/** The file that pip has put into `folder`, or why there is none that can be used. */
async function fetched(folder, { code, stderr }, stalled, pinned) {
  const advice = "check the network and pip's index setting";
  if (stalled) return { problem: `the download got no data for ${stallS} s; ${advice}` };
  if (code !== 0) return { problem: `pip could not download ${pinned.requirement} (${pipReason(stderr)}); ${advice}` };
  const name = fs.readdirSync(folder).find((entry) => entry.endsWith('.whl'));
  const file = path.join(folder, name);
  const sha256 = await sha256File(file);
  if (sha256 === pinned.sha256) return { file };
  const checksums = `sha256 ${sha256.slice(0, 12)}… instead of ${pinned.sha256.slice(0, 12)}…`;
  return { problem: `the file ${name} that pip delivered has ${checksums}; check pip's index setting` };
}

function downloadLine({ bytes }, received, seconds) {
  const share = Math.min(1, received / bytes);
  const left = received > 5e6 && share < 1 ? `, ${duration((seconds / share) * (1 - share))} left` : '';
  const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '░');
  return `  ${bar} ${megabytes(Math.min(received, bytes))} of ${megabytes(bytes)}${left}`;
}

function folderBytes(folder) {
  let sum = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    try {
      sum += fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size;
    } catch {
      // pip moved the file meanwhile
    }
  }
  return sum;
}

const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';

const lostConnection = new RegExp(
  [
    ...['Failed to establish a new connection', 'NewConnectionError', 'ConnectTimeout', 'ReadTimeout', 'ProxyError'],
    ...['Network is unreachable', 'name resolution'],
  ].join('|'),
);

/**
 * What went wrong in pip's own words, without the address of the index; a lost connection
 * hides behind "no matching version".
 */
export function pipReason(stderr) {
  if (lostConnection.test(stderr)) return 'there is no connection to the package index';
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR:'));
  const text = (errors[0] ?? lastLine(stderr))
    .replace(/^ERROR: /, '')
    .replace(/https?:\/\/\S+/g, '…')
    .trim();
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
