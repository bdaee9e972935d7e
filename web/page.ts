/** The page: takes what is dropped, hands it to the worker, and shows what comes back. */
import type { Dropped, News, Order, Picture, Result } from './messages.ts';

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const show = (id: string, isShown: boolean): void => void (byId(id).hidden = !isShown);

// What the page brings along, each part packed in an element of its own

/** The bytes of an element's text: base64, deflated. */
async function partOf(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The parts of one kind; the id of each says its path. */
const partsOf = (kind: string): Promise<Dropped[]> =>
  Promise.all(
    [...document.querySelectorAll(`[data-kind="${kind}"]`)].map(async ({ id }) => ({
      path: id,
      bytes: await partOf(id),
    })),
  );

let isBusy = false;
/** What was dropped last, to be taken again with a series. */
let last: readonly Dropped[] = [];

async function startWorker(): Promise<Worker> {
  const code = new Blob([await partOf('worker.js')], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(code));
  worker.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  worker.onerror = (event) => hear({ kind: 'refused', reason: `The page's worker failed: ${event.message}` });
  const [files, binaries] = [await partsOf('file'), await partsOf('binary')];
  worker.postMessage({ kind: 'start', files, binaries } satisfies Order);
  return worker;
}

/** The worker once it has what the page brings along; it obeys one order after the other. */
let worker: Promise<Worker>;

async function send(order: Order): Promise<void> {
  (await worker).postMessage(order);
}

// What comes back

function paragraphs(sentences: readonly string[]): HTMLElement[] {
  return sentences.map((text) => Object.assign(document.createElement('p'), { textContent: text }));
}

function rowOf(cells: readonly string[], isHead: boolean): HTMLTableRowElement {
  const row = document.createElement('tr');
  const made = cells.map((text, i) => {
    const cell = document.createElement(isHead || i === 0 ? 'th' : 'td');
    cell.textContent = text;
    return cell;
  });
  row.append(...made);
  return row;
}

const colour = [230, 159, 0];

/** Grey, and the mask's edge in the colour that predictions have in all figures. */
function canvasOf({ width, height, grey, mask }: Picture): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height, id: 'picture' });
  const image = new ImageData(width, height);
  const isEdge = (i: number): boolean =>
    [i % width > 0 && i - 1, i % width < width - 1 && i + 1, i - width, i + width].some((j) => j === false || !mask[j]);
  for (let i = 0; i < grey.length; i++)
    image.data.set(mask[i] && isEdge(i) ? [...colour, 255] : [grey[i]!, grey[i]!, grey[i]!, 255], 4 * i);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The picture with the outline of the mask');
  return canvas;
}

/** The viewer of the notebooks: it may run its own script, and reaches nothing of this page. */
function frameOf(page: string): HTMLIFrameElement {
  const frame = Object.assign(document.createElement('iframe'), { title: 'Viewer', srcdoc: page });
  frame.setAttribute('sandbox', 'allow-scripts');
  return frame;
}

let saved = '';

function showResult(result: Result): void {
  const { name, maskName, mask, warnings, table, viewer, picture, seconds, engine } = result;
  byId('name').textContent = name;
  byId('warnings').replaceChildren(
    ...warnings.map((text) => Object.assign(document.createElement('li'), { textContent: text })),
  );
  URL.revokeObjectURL(saved);
  saved = URL.createObjectURL(new Blob([mask as Uint8Array<ArrayBuffer>]));
  Object.assign(byId<HTMLAnchorElement>('save'), { href: saved, download: maskName, textContent: `Save ${maskName}` });
  byId('time').textContent = `${seconds.toFixed(1)} s, ${engine}`;
  byId('table').replaceChildren(...table.map((row, i) => rowOf(row, i === 0)));
  byId('view').replaceChildren(...(viewer ? [frameOf(viewer)] : []), ...(picture ? [canvasOf(picture)] : []));
  show('legend', viewer !== undefined);
  show('result', true);
}

function setBusy(busy: boolean): void {
  isBusy = busy;
  show('running', busy);
  byId('progress').removeAttribute('value');
}

function refuse(reason: string): void {
  byId('problem').textContent = reason;
  show('problem', true);
  show('series', /^Expected (one series|a series)/.test(reason));
}

function hear(news: News): void {
  if (news.kind === 'progress') {
    byId<HTMLProgressElement>('progress').value = news.share;
    byId('status').textContent = news.note;
    return;
  }
  setBusy(false);
  byId('status').textContent = '';
  document.body.dataset.answers = String(Number(document.body.dataset.answers ?? 0) + 1);
  if (news.kind === 'network')
    byId('network').replaceChildren(byId('network').firstElementChild!, ...paragraphs(news.sentences));
  else if (news.kind === 'result') showResult(news.result);
  else refuse(news.reason);
}

// What is dropped or chosen

/** Files with their paths below what was dropped. */
type Found = [path: string, file: File][];

/** A handle of the File System API, which the types of TypeScript lack in part. */
interface Handle extends FileSystemHandle {
  values(): AsyncIterable<Handle>;
  getFile(): Promise<File>;
}

async function filesOf(handle: Handle, path: string): Promise<Found> {
  if (handle.kind === 'file') return [[path, await handle.getFile()]];
  const found: Found = [];
  for await (const each of handle.values()) found.push(...(await filesOf(each, `${path}/${each.name}`)));
  return found;
}

/** The same of browsers without that API; Chromium's older one refuses on pages that were opened from a disk. */
async function filesOfEntry(entry: FileSystemEntry): Promise<Found> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [[entry.fullPath.slice(1), file]];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Found = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    for (const each of entries) found.push(...(await filesOfEntry(each)));
  }
}

/** What is dropped is gone when the event is over: everything is asked for at once, and read afterwards. */
function filesIn(item: DataTransferItem): Promise<Found> {
  const [entry, file] = [item.webkitGetAsEntry(), item.getAsFile()];
  if (!entry?.isDirectory) return Promise.resolve(file ? [[file.name, file]] : []);
  const ask = (item as { getAsFileSystemHandle?: () => Promise<Handle> }).getAsFileSystemHandle;
  return ask ? ask.call(item).then((handle) => filesOf(handle, handle.name)) : filesOfEntry(entry);
}

async function take(found: Found, series?: string): Promise<void> {
  const files = await Promise.all(
    found.map(async ([path, file]) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  last = files;
  await segment(series);
}

async function segment(series?: string): Promise<void> {
  if (last.length === 0 || isBusy) return;
  for (const id of ['problem', 'series', 'result']) show(id, false);
  setBusy(true);
  byId('status').textContent = 'Reading …';
  await send({ kind: 'segment', files: last, series });
}

/** Reading a file that is gone or may not be read throws: said as any other refusal. */
const orRefuse = (work: Promise<unknown>): void =>
  void work.catch((error) => hear({ kind: 'refused', reason: `The files cannot be read: ${error.message}` }));

addEventListener('dragover', (event) => {
  event.preventDefault();
  byId('drop').classList.add('over');
});
addEventListener('dragleave', () => byId('drop').classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  byId('drop').classList.remove('over');
  orRefuse(Promise.all([...event.dataTransfer!.items].map(filesIn)).then((all) => take(all.flat())));
});
for (const id of ['files', 'folder'])
  byId<HTMLInputElement>(id).addEventListener('change', ({ target }) => {
    const input = target as HTMLInputElement;
    const chosen = [...input.files!].map((file): [string, File] => [file.webkitRelativePath || file.name, file]);
    input.value = '';
    orRefuse(take(chosen));
  });
byId('series').addEventListener('submit', (event) => {
  event.preventDefault();
  orRefuse(segment(byId<HTMLInputElement>('number').value));
});
byId('stop').addEventListener('click', () => {
  orRefuse(worker.then((running) => running.terminate()));
  setBusy(false);
  byId('status').textContent = 'Stopped.';
  begin();
});

function begin(): void {
  worker = startWorker();
  orRefuse(worker);
}

begin();
