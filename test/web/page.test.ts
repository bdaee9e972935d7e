/** The page of web/ in a real browser: its masks are those of `axunet predict`, and nothing leaves the machine. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePhantomPatient } from '../../lib/dataset/phantom/make.ts';
import { startEngine } from '../../lib/engine/engine.ts';
import { encodeGreyPng } from '../../lib/io/greyPng.ts';
import { readGreyImage } from '../../lib/io/image.ts';
import { readNifti, writeNifti } from '../../lib/io/nifti.ts';
import { predictFiles } from '../../lib/predict/files.ts';
import { findVolumes } from '../../lib/predict/inputs.ts';
import { projectPath } from '../../lib/settings.ts';
import { toCanonical } from '../../lib/volume/orientation.ts';
import { countValues } from '../../lib/volume/values.ts';
import { sliceZ, type Volume } from '../../lib/volume/volume.ts';
import { loadNetwork } from '../../lib/weights/loadNetwork.ts';
import { loadShipped, shippedFiles } from '../../lib/weights/shipped.ts';
import { webPage } from '../../scripts/web.mjs';
import { chromium, type Page, withPage } from '../chromium.ts';
import { ctSlice } from '../dicom/makeDicom.ts';
import { single } from '../io/makeNifti.ts';

const reason = chromium ? '' : ' (skipped: no Chromium on PATH)';
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-web-'));
const at = (...names: string[]): string => path.join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** A network of a run on synthetic patients, in one file. */
const trained = projectPath('notebooks/course/half-trained.safetensors');

async function makeFiles(): Promise<void> {
  const { image } = makePhantomPatient(1, { size: [64, 64, 16], seed: 5 });
  await writeNifti(at('patient.nii.gz'), image);
  // grey 0 to 255 is 0 to 256 HU in the pictures that the small network knows
  const canonical = toCanonical<Volume['data']>(makePhantomPatient(2, { size: [160, 160, 16], seed: 5 }).image);
  const grey = Uint8Array.from(sliceZ(canonical, 8), (hu) => Math.min(255, Math.max(0, hu)));
  writeFileSync(at('slice.png'), encodeGreyPng({ data: grey, width: 160, height: 160 }));
  writeFileSync(at('notes.txt'), 'no scan');
  writeFileSync(at('moving.nii'), single(new Uint8Array(24), { dim: [4, 2, 2, 2, 3] }));
  mkdirSync(at('study'));
  for (const series of [1, 2])
    for (let z = 0; z < 3; z++)
      writeFileSync(
        at('study', `${series}-${z}`),
        ctSlice(z, { SeriesInstanceUID: `2.25.${series}`, SeriesNumber: `${series}` }),
      );
}

interface Seen {
  readonly network: string;
  readonly problem: string;
  readonly warnings: readonly string[];
  readonly table: readonly (readonly string[])[];
  readonly asksSeries: boolean;
  readonly hasViewer: boolean;
  /** The file of the mask. */
  readonly saved: string;
}

const script = `({
  network: document.getElementById('network').textContent,
  problem: document.getElementById('problem').hidden ? '' : document.getElementById('problem').textContent,
  warnings: [...document.querySelectorAll('#warnings li')].map((each) => each.textContent),
  table: [...document.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent)),
  asksSeries: !document.getElementById('series').hidden,
  hasViewer: document.querySelector('iframe[sandbox="allow-scripts"]') !== null,
  saved: document.getElementById('result').hidden ? '' : document.getElementById('save').download,
})`;

/** Waits for the next answer of the page. */
async function answered(page: Page, before: number): Promise<Seen> {
  for (let i = 0; i < 1200 && (await answersOf(page)) === before; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return page.evaluate<Seen>(script);
}

const answersOf = (page: Page): Promise<number> => page.evaluate<number>('Number(document.body.dataset.answers ?? 0)');

/** Drops files or folders as a person does, and saves the mask that comes of it. */
async function drop(page: Page, ...files: string[]): Promise<Seen> {
  const before = await answersOf(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await page.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  const seen = await answered(page, before);
  if (seen.saved) await save(page, seen.saved);
  return seen;
}

async function save(page: Page, name: string): Promise<void> {
  await page.send('Page.setDownloadBehavior', { behavior: 'allow', downloadPath: at('saved') });
  await page.evaluate("document.getElementById('save').click()");
  for (let i = 0; i < 100; i++) {
    try {
      if (readFileSync(at('saved', name)).length > 0) return;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the same code says on Node, with the engine that is there. */
async function onNode(name: string, run: string) {
  const networks = run === 'small' ? await loadShipped('small') : [await loadNetwork(run)];
  const threshold = run === 'small' ? (await shippedFiles('small')).index.threshold : 0.5;
  const report = await predictFiles(networks, await findVolumes([at(name)]), {
    out: at('node'),
    threshold,
    probability: true,
  });
  expect(report.failed).toEqual([]);
  return (report.warnings ?? []).map(({ message }) => message);
}

/** Voxels whose class differs, but for those whose probability is the threshold by 1e-4 or less. */
function differing(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  probability: ArrayLike<number>,
  threshold: number,
): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && Math.abs(probability[i]! - threshold) > 1e-4) count++;
  return count;
}

describe.skipIf(!chromium)(`the page in Chromium${reason}`, () => {
  const seen: Record<string, Seen> = {};
  let [requests, complaints, attempt, bytes]: [string[], string[], string, number] = [[], [], '', 0];

  beforeAll(async () => {
    await startEngine();
    await makeFiles();
    const built = await webPage();
    bytes = built.bytes;
    writeFileSync(at('index.html'), built.page);
    await withPage(pathToFileURL(at('index.html')).href, async (page) => {
      seen.begin = await answered(page, 0);
      seen.picture = await drop(page, at('slice.png'));
      seen.text = await drop(page, at('notes.txt'));
      seen.moving = await drop(page, at('moving.nii'));
      seen.network = await drop(page, trained);
      seen.patient = await drop(page, at('patient.nii.gz'));
      seen.study = await drop(page, at('study'));
      attempt = await page.evaluate<string>(`new Promise((resolve) => {
        addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        fetch('http://127.0.0.1:9/').then(() => resolve('sent'), () => undefined);
      })`);
      requests = page.requests.filter((url) => !/^(blob|data):/.test(url));
      complaints = page.complaints.filter((text) => !text.includes('127.0.0.1:9'));
    });
  }, 120_000);

  it('is small, and begins with the network of the project', () => {
    expect(bytes).toBeLessThan(3e6);
    expect(seen.begin!.network).toMatch(/the small network of the project.*not a medical device/s);
    expect(seen.begin!.problem).toBe('');
  });

  it('makes the mask of a picture that `axunet predict` makes', async () => {
    const warnings = await onNode('slice.png', 'small');
    const [own, other, probability] = await Promise.all(
      [at('saved/slice.png'), at('node/slice.png'), at('node/slice_probability.png')].map(readGreyImage),
    );
    const { threshold } = (await shippedFiles('small')).index;
    expect(other!.data.some((v) => v > 0)).toBe(true);
    expect(differing(own!.data, other!.data, probability!.data.map(Number), 255 * threshold)).toBe(0);
    expect(seen.picture!.warnings).toEqual(warnings);
  });

  it('says in one sentence what is no scan, and forgets the result before', () => {
    expect(seen.text!.problem).toMatch(/^Expected volumes .* or pictures .*, found none in notes\.txt$/);
    expect(seen.moving!.problem).toMatch(/^Expected one 3-D volume, found several, shape 2×2×2×3, in moving\.nii$/);
    expect(seen.text!.saved).toBe('');
  });

  it('takes the network of a run', () => {
    expect(seen.network!.network).toMatch(/half-trained\.safetensors: trained on phantom \(synthetic patients\)/);
  });

  it('makes the mask of a scan that `axunet predict` makes, with its warnings, and measures it', async () => {
    const warnings = await onNode('patient.nii.gz', trained);
    const [own, other, probability] = await Promise.all(
      [at('saved/patient.nii.gz'), at('node/patient.nii.gz'), at('node/patient_probability.nii.gz')].map(readNifti),
    );
    const voxels = countValues(own!.data).get(1)!;
    expect(voxels).toBeGreaterThan(50);
    expect(differing(own!.data, other!.data, probability!.data, 0.5)).toBe(0);
    expect(own!.affine).toEqual(other!.affine);
    expect(seen.patient!.warnings).toEqual(warnings);
    expect(warnings.join()).toMatch(/synthetic/);
    const row = (name: string) => seen.patient!.table.find(([what]) => what === name)?.[1];
    expect(row('voxels')).toBe(`${voxels}`);
    const ml = (voxels * own!.spacingMm.reduce((a, b) => a * b)) / 1000;
    expect(Math.abs(Number(row('volume (ml)')) / ml - 1)).toBeLessThan(0.01);
    expect(seen.patient!.hasViewer).toBe(true);
  });

  it('asks which of several series is meant', () => {
    expect(seen.study!.problem).toMatch(/^Expected one series, .*found 2 in study: 1: 3 images/);
    expect(seen.study!.asksSeries).toBe(true);
  });

  it('asks nobody for anything, and could not', () => {
    expect(attempt).toBe('connect-src');
    expect(requests.filter((url) => !url.includes('127.0.0.1:9'))).toEqual([pathToFileURL(at('index.html')).href]);
    expect(complaints).toEqual([]);
  });
});
