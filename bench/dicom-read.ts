/** Reading an uncompressed DICOM series of 512×512×200 pixels against SimpleITK's series reader. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';
import { settings } from '../lib/settings.ts';
import { ctSlice, pixelBytes } from '../test/dicom/makeDicom.ts';
import { type Contender, contest, startContender, startOurs } from './contest.ts';
import { type BenchJob, benchJob } from './job.ts';

const repetitions = 7;
const [size, depth] = [512, 200];

/** A noisy cylinder in air, as stored values of 12 bits with the usual intercept of -1024. */
function writeSeries(folder: string): void {
  const random = Random.stream(1, 'bench', 'dicom-read');
  const elements = { Rows: size, Columns: size, BitsStored: 12, HighBit: 11, PixelRepresentation: 0 };
  for (let z = 0; z < depth; z++) {
    const pixels = Uint16Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [(i & 511) - 256, (i >> 9) - 256];
      return (x * x + y * y < 40_000 ? 1064 : 24) + (random.uint32() & 63);
    });
    writeFileSync(path.join(folder, `${z}.dcm`), ctSlice(z, elements, { pixels: pixelBytes(pixels) }));
  }
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** `dicom-read`: from the folder to HU and geometry. Files are in the page cache. */
export async function run(): Promise<BenchJob[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'axunet-bench-'));
  const contenders: Contender[] = [];
  try {
    writeSeries(folder);
    contenders.push(await startOurs(beside('dicom-read-ours.ts'), folder));
    if (settings.peerPython)
      contenders.push(await startContender(settings.peerPython, [beside('dicom_read_simpleitk.py'), folder]));
    const [ours, ...peers] = contenders.map(({ ready }) => ready.sum);
    for (const peer of peers)
      if (peer !== ours) throw expected(`voxels with sum ${ours} on both sides`, `${peer} in SimpleITK`);
    const [measured, ...others] = await contest(contenders, repetitions);
    return [benchJob('dicom-read', measured!, others)];
  } finally {
    for (const contender of contenders) contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
