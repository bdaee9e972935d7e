/** Brings a whole set of the registry onto this machine. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { insideFolder } from '../io/insideFolder.ts';
import { makeFolder } from '../io/writable.ts';
import { type DownloadOptions, downloadFile, fileProblem } from './download.ts';
import { type DatasetEntry, type RemoteFile, remoteFiles } from './registry.ts';
import { convertSegmentArrays } from './segmentArray.ts';

interface FetchOptions extends Omit<DownloadOptions, 'onProgress'> {
  /** Called with the files done, their number and the bytes of the current one. */
  onProgress?: (done: number, files: number, note: string) => void;
  /** The same for the conversion to NIfTI that some sets need. */
  onConvert?: (done: number, files: number, note: string) => void;
}

/** Files fetched at once: many small files wait mostly for the server. */
const parallel = 4;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Where a file of the set belongs; its path comes from the list of the set's files. */
function placeOf(folder: string, { path: name }: RemoteFile): string {
  // What a download under way is called, too: it is written to as it lies there.
  const [place] = ['', '.part', '.part.etag'].map((end) =>
    insideFolder(folder, `${name}${end}`, 'the list of its files'),
  );
  return place!;
}

async function fetchFiles(files: RemoteFile[], folder: string, options: FetchOptions): Promise<number> {
  let next = 0,
    done = 0,
    downloaded = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const remote = files[next++]!;
      const onProgress = (bytes: number, total?: number): void =>
        options.onProgress?.(
          done,
          files.length,
          `${remote.path} ${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ''}`,
        );
      const outcome = await downloadFile(remote, placeOf(folder, remote), { ...options, onProgress });
      if (outcome === 'downloaded') downloaded++;
      options.onProgress?.(++done, files.length, remote.path);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, files.length) }, worker));
  return downloaded;
}

function runTar(archive: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('tar', ['-xf', archive, '-C', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', () =>
      reject(new UserError(`The program tar was not found; unpack ${archive} into ${folder} by hand`)),
    );
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new UserError(`tar could not unpack ${archive}: ${complaint.trim().split('\n')[0]}`)),
    );
  });
}

/** Unpacks beside the folder first, so that a folder with the final name is always complete. */
async function unpack(archive: string, folder: string): Promise<void> {
  const scratch = `${folder}.unpacking`;
  await rm(scratch, { recursive: true, force: true });
  await makeFolder(scratch);
  await runTar(archive, scratch);
  const inside = readdirSync(scratch).filter((name) => !name.startsWith('.'));
  const content = inside.length === 1 ? path.join(scratch, inside[0]!) : scratch;
  await rename(content, folder);
  await rm(scratch, { recursive: true, force: true });
  await rm(archive, { force: true });
}

/**
 * Downloads a set into `folder`; what is there and fits its checksum is kept, so the same call continues a broken
 * download. An archive is unpacked and removed; pickled
 * masks are converted to NIfTI. Returns how many files were downloaded.
 *
 * Throws a UserError when the set has no public address, or when a download fails.
 */
export async function fetchDataset(entry: DatasetEntry, folder: string, options: FetchOptions = {}): Promise<number> {
  if (!entry.download)
    throw new UserError(`${entry.name} has no public address to download from; get it so: ${entry.howToGet}`);
  const files = remoteFiles(entry);
  if (!('archive' in entry.download)) {
    const downloaded = await fetchFiles(files, folder, options);
    if (entry.download.convert) await convertSegmentArrays(folder, options.onConvert);
    return downloaded;
  }
  if (existsSync(folder) && readdirSync(folder).length) {
    throw new UserError(
      `${folder} is not empty: \`axunet data ${entry.name} --verify\` checks it; remove it to download again`,
    );
  }
  await rm(folder, { recursive: true, force: true });
  await fetchFiles(files, path.dirname(folder), options);
  await unpack(path.join(path.dirname(folder), files[0]!.path), folder);
  return 1;
}

/** Checks the files of a set against the registry's checksums; one entry per file that is missing or differs. */
export async function checkFiles(
  entry: DatasetEntry,
  folder: string,
): Promise<{ checked: number; problems: string[] }> {
  if (!entry.download || 'archive' in entry.download) return { checked: 0, problems: [] };
  const problems: string[] = [];
  const files = remoteFiles(entry);
  for (const remote of files) {
    const problem = await fileProblem(placeOf(folder, remote), remote);
    if (problem) problems.push(`${remote.path}: ${problem}`);
  }
  return { checked: files.length, problems };
}
