/** The page's worker: keeps the disk in memory, loads networks and segments what it is given. */
import './globals.ts';
import { messageOf } from 'axunet/errors';
import { entriesBelow, putFile, removeEntry } from 'axunet/system/browser/disk';
import type { TrainedRun } from 'axunet/train/loadRun';
import { describeTraining } from 'axunet/weights/describeTraining';
import { loadNetwork } from 'axunet/weights/loadNetwork';
import { isPackedRun } from 'axunet/weights/packedRun';
import { describeShipped, loadShipped, shippedFiles } from 'axunet/weights/shipped';
import { startEngine } from 'axunet-engine/engine';
import { bringWasmFiles } from 'axunet-engine/system/browser/wasmFiles';
import type { Dropped, News, Order } from './messages.ts';
import { segment } from './segment.ts';

const tell = (news: News, moved: Transferable[] = []): void =>
  (self as unknown as { postMessage(news: News, moved: Transferable[]): void }).postMessage(news, moved);

/** Where dropped files lie; a sentence is shorter without it. */
const inbox = '/in';

let networks: readonly TrainedRun[] = [];
let threshold = 0.5;
let engine = '';

/** Files of a run's folder, or one packed network. */
const isOfNetwork = ({ path }: Dropped): boolean =>
  isPackedRun(path) || /(^|\/)(best|last)(-previous)?\/(checkpoint\.json|SHA256SUMS|\w+\.bin)$/.test(path);

async function useShipped(): Promise<void> {
  networks = await loadShipped('small');
  const { index } = await shippedFiles('small');
  threshold = index.threshold;
  tell({ kind: 'network', sentences: describeShipped(index, 'small') });
}

/** Loads a network that was dropped, in place of the one before. */
async function useDropped(files: readonly Dropped[]): Promise<void> {
  const packed = files.find(({ path }) => isPackedRun(path));
  const inRun = files.find(({ path }) => !isPackedRun(path))?.path.replace(/(^|\/)(best|last)(-previous)?\/.*$/, '');
  const loaded = [await loadNetwork(packed ? `${inbox}/${packed.path}` : `${inbox}/${inRun}`)];
  for (const { model } of networks) model.dispose();
  networks = loaded;
  threshold = 0.5;
  tell({ kind: 'network', sentences: loaded.map(describeTraining).map((line) => line.replaceAll(`${inbox}/`, '')) });
}

/** The place of what was dropped: a file, a folder, or the folder that loose files were put into. */
function placeOf(files: readonly Dropped[]): string {
  const tops = new Set(files.map(({ path }) => path.split('/')[0]!));
  return tops.size === 1 ? `${inbox}/${[...tops][0]}` : inbox;
}

async function start({ files, binaries }: Order & { kind: 'start' }): Promise<void> {
  for (const { path, bytes } of files) putFile(`/axunet/${path}`, bytes);
  bringWasmFiles((name) => binaries.find(({ path }) => path === name)?.bytes);
  engine = (await startEngine('wasm')).description;
  await useShipped();
}

async function use(files: readonly Dropped[], series?: string): Promise<void> {
  for (const folder of [inbox, '/masks']) for (const [place] of entriesBelow(folder)) removeEntry(place);
  const loose = new Set(files.map(({ path }) => path.split('/')[0])).size > 1;
  const placed = files.map(({ path, bytes }) => ({ path: loose ? `files/${path}` : path, bytes }));
  for (const { path, bytes } of placed) putFile(`${inbox}/${path}`, bytes);
  const own = placed.filter(isOfNetwork);
  if (own.length > 0) return useDropped(own);
  const onProgress = (share: number, note: string): void => tell({ kind: 'progress', share, note });
  const result = await segment(placeOf(placed), { networks, threshold, series, onProgress });
  tell({ kind: 'result', result: { ...result, engine } });
}

/** One order after the other. */
let before: Promise<void> = Promise.resolve();
self.onmessage = ({ data: order }: MessageEvent<Order>) => {
  const obey = (): Promise<void> => (order.kind === 'start' ? start(order) : use(order.files, order.series));
  before = before.then(obey).catch((error) => {
    tell({ kind: 'refused', reason: messageOf(error).replaceAll(`${inbox}/`, '') });
  });
};
