// The viewer's script, put into the page as it is: three planes of one volume, drawn anew when anything changes.
// Voxels are in the canonical frame: x grows to the patient's left, y to posterior, z to superior.

const byId = (id) => document.getElementById(id);
const content = JSON.parse(byId('content').textContent);
const { shape, spacingMm, affine, levels, masks, presets } = content;

/** How an axis lies in a picture: its ends by letter, and whether it runs upwards in a plane that goes down. */
const ends = [
  ['R', 'L'],
  ['A', 'P'],
  ['I', 'S'],
];
const planes = [
  { name: 'axial', across: 0, down: 1, through: 2, upwards: false },
  { name: 'coronal', across: 0, down: 2, through: 1, upwards: true },
  { name: 'sagittal', across: 1, down: 2, through: 0, upwards: true },
];

/** Everything that a reader changes. */
const state = {
  at: content.at,
  preset: 0,
  low: presets[0].low,
  high: presets[0].high,
  style: 'lines',
  opacity: 0.8,
  zoom: 1,
  shown: masks.map(({ classes }) => classes.map(() => true)),
};

// Voxels

async function inflated(id) {
  const packed = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Levels from their differences along x; of 16 bits the low bytes come first, then the high ones. */
function levelsOf(bytes) {
  const isByte = levels.bits === 8;
  const count = isByte ? bytes.length : bytes.length / 2;
  const out = isByte ? new Uint8Array(count) : new Uint16Array(count);
  let level = 0;
  for (let i = 0; i < count; i++) {
    level = isByte ? (level + bytes[i]) & 0xff : (level + bytes[i] + (bytes[count + i] << 8)) & 0xffff;
    out[i] = level;
  }
  return out;
}

if (!globalThis.DecompressionStream) byId('crosshair').textContent = 'Too old a browser: it cannot unpack the voxels.';
const voxels = levelsOf(await inflated('voxels'));
const drawn = [];
for (let m = 0; m < masks.length; m++) drawn.push(await inflated(`mask-${m}`));

const indexOf = ([x, y, z]) => x + shape[0] * (y + shape[1] * z);
const huOf = (level) => levels.low + levels.step * level;

/** Index of the voxel in a row and column of a plane's picture through the crosshair: first, and step of each. */
function walkOf({ across, down, through, upwards }) {
  const strides = [1, shape[0], shape[0] * shape[1]];
  const start = state.at[through] * strides[through] + (upwards ? (shape[down] - 1) * strides[down] : 0);
  return { start, column: strides[across], row: upwards ? -strides[down] : strides[down] };
}

// Texts

function huText(index) {
  const level = voxels[index];
  const beyond = levels.clipped ? { 0: '≤ ', [levels.last]: '≥ ' }[level] : undefined;
  const rounding = levels.rounding > 0 ? ` (±${levels.rounding})` : '';
  return `${beyond ?? ''}${huOf(level)} HU${rounding}`.replace('-', '−');
}

function maskText(index) {
  const found = masks.flatMap(({ classes }, m) => classes.filter(({ value }) => value === drawn[m][index]));
  return found.length > 0 ? found.map(({ name }) => name).join(' and ') : '';
}

/** Millimetres in the patient, such as 12.0 right. */
function placeText(at) {
  const sides = [
    ['R', 'L'],
    ['A', 'P'],
    ['S', 'I'],
  ];
  return sides
    .map(([plus, minus], row) => {
      const mm = affine[4 * row + 3] + at.reduce((sum, n, axis) => sum + affine[4 * row + axis] * n, 0);
      return `${Math.abs(mm).toFixed(1)} ${mm < 0 ? minus : plus}`;
    })
    .join(', ');
}

/** The voxel of the whole volume, of several the first, as slices are counted everywhere in this project. */
const voxelText = (at) => at.map((n, axis) => content.start[axis] + n * content.factor[axis]).join(', ');

function describe(at) {
  const index = indexOf(at);
  return [huText(index), maskText(index), `voxel ${voxelText(at)}`, `${placeText(at)} (mm)`]
    .filter(Boolean)
    .join(' · ');
}

// Pictures

/** Grey by level in the window that is set. */
function greys() {
  const table = new Uint8ClampedArray(levels.last + 1);
  for (let level = 0; level <= levels.last; level++)
    table[level] = (255 * (huOf(level) - state.low)) / (state.high - state.low);
  return table;
}

/** A canvas of one pixel a voxel, whose pixels `colour(index)` gives as [red, green, blue, alpha]. */
function pictureOf(plane, colour) {
  const [width, height] = [shape[plane.across], shape[plane.down]];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const { start, column, row } = walkOf(plane);
  for (let r = 0, p = 0; r < height; r++)
    for (let c = 0; c < width; c++, p += 4) colour(start + r * row + c * column, image.data, p);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The edges between voxels of a class and others, as one path in voxels of the picture. */
function outlineOf(plane, mask, value) {
  const [width, height] = [shape[plane.across], shape[plane.down]];
  const { start, column, row } = walkOf(plane);
  const inside = (r, c) => r >= 0 && c >= 0 && r < height && c < width && mask[start + r * row + c * column] === value;
  const path = new Path2D();
  for (let r = 0; r <= height; r++)
    for (let c = 0; c <= width; c++) {
      const here = inside(r, c);
      if (here !== inside(r - 1, c)) path.moveTo(c, r), path.lineTo(c + 1, r);
      if (here !== inside(r, c - 1)) path.moveTo(c, r), path.lineTo(c, r + 1);
    }
  return path;
}

const rgbOf = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

/** Where column and row of a plane's picture lie on its canvas: x = left + column · across, y alike, in pixels. */
function viewOf(plane) {
  const { canvas } = plane;
  const [width, height] = [shape[plane.across], shape[plane.down]];
  const [across, down] = [(state.zoom * canvas.width) / width, (state.zoom * canvas.height) / height];
  const [column, row] = pixelOf(plane, state.at);
  const left = ((column + 0.5) * canvas.width) / width - (column + 0.5) * across;
  const top = ((row + 0.5) * canvas.height) / height - (row + 0.5) * down;
  return { across, down, left, top };
}

const pixelOf = ({ across, down, upwards }, at) => [at[across], upwards ? shape[down] - 1 - at[down] : at[down]];

/** The voxel below a point of the screen; undefined outside of the volume. */
function voxelAt(plane, { clientX, clientY }) {
  const { across, down, left, top } = viewOf(plane);
  const box = plane.canvas.getBoundingClientRect();
  const scale = plane.canvas.width / box.width;
  const column = Math.floor(((clientX - box.left) * scale - left) / across);
  const row = Math.floor(((clientY - box.top) * scale - top) / down);
  if (column < 0 || row < 0 || column >= shape[plane.across] || row >= shape[plane.down]) return undefined;
  const at = [...state.at];
  at[plane.across] = column;
  at[plane.down] = plane.upwards ? shape[plane.down] - 1 - row : row;
  return at;
}

function drawMask(plane, context, m) {
  masks[m].classes.forEach(({ value, colour }, c) => {
    if (!state.shown[m][c]) return;
    const { across, down, left, top } = viewOf(plane);
    const [red, green, blue] = rgbOf(colour);
    if (state.style === 'filled') {
      const filled = pictureOf(plane, (index, pixels, p) => {
        if (drawn[m][index] === value) pixels.set([red, green, blue, 255], p);
      });
      context.globalAlpha = 0.6 * state.opacity;
      context.drawImage(filled, left, top, across * filled.width, down * filled.height);
    }
    const path = new Path2D();
    path.addPath(outlineOf(plane, drawn[m], value), new DOMMatrix([across, 0, 0, down, left, top]));
    context.globalAlpha = state.opacity;
    context.strokeStyle = colour;
    context.lineWidth = 1.5 * devicePixelRatio;
    context.setLineDash(masks[m].dotted ? [4 * devicePixelRatio, 3 * devicePixelRatio] : []);
    context.stroke(path);
  });
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** Two lines that leave the voxel itself free. */
function drawCrosshair(plane, context) {
  const { across, down, left, top } = viewOf(plane);
  const [column, row] = pixelOf(plane, state.at);
  const [x, y] = [left + (column + 0.5) * across, top + (row + 0.5) * down];
  const gap = Math.max(8 * devicePixelRatio, across, down);
  const { width, height } = plane.canvas;
  context.strokeStyle = 'rgba(240, 228, 66, 0.8)';
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  for (const [x0, y0, x1, y1] of [
    [0, y, x - gap, y],
    [x + gap, y, width, y],
    [x, 0, x, y - gap],
    [x, y + gap, x, height],
  ])
    context.moveTo(x0, y0), context.lineTo(x1, y1);
  context.stroke();
}

/** Letters of the sides, and a bar of 5 cm. */
function drawLetters(plane, context) {
  const { width, height } = plane.canvas;
  const size = 14 * devicePixelRatio;
  const [left, right] = ends[plane.across];
  const [top, bottom] = plane.upwards ? [...ends[plane.down]].reverse() : ends[plane.down];
  const bar = (50 / spacingMm[plane.across]) * viewOf(plane).across;
  context.font = `${size}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3 * devicePixelRatio;
  context.strokeStyle = '#000';
  context.fillStyle = '#fff';
  const write = (text, x, y) => (context.strokeText(text, x, y), context.fillText(text, x, y));
  write(left, 0.8 * size, height / 2);
  write(right, width - 0.8 * size, height / 2);
  write(top, width / 2, 0.8 * size);
  if (height > 3 * size) write(bottom, width / 2, height - 0.8 * size);
  if (bar > 0.8 * width || height < 5 * size) return;
  context.fillRect(0.5 * size, height - 0.6 * size, bar, 2 * devicePixelRatio);
  context.textAlign = 'left';
  write('5 cm', 0.5 * size, height - 1.3 * size);
}

function draw(plane, grey) {
  const context = plane.canvas.getContext('2d');
  const picture = pictureOf(plane, (index, pixels, p) => {
    pixels[p] = pixels[p + 1] = pixels[p + 2] = grey[voxels[index]];
    pixels[p + 3] = 255;
  });
  const { across, down, left, top } = viewOf(plane);
  context.fillStyle = '#000';
  context.fillRect(0, 0, plane.canvas.width, plane.canvas.height);
  context.imageSmoothingEnabled = across < 4 * devicePixelRatio;
  context.drawImage(picture, left, top, across * picture.width, down * picture.height);
  context.imageSmoothingEnabled = false;
  if (state.style !== 'none') masks.forEach((_, m) => drawMask(plane, context, m));
  drawCrosshair(plane, context);
  drawLetters(plane, context);
}

/** Sizes of the canvases, in true proportions, so that all three fit into the window. */
function layOut() {
  const isNarrow = innerWidth <= 640;
  const rest = byId('controls').offsetHeight + (byId('help').offsetHeight || 0) + 110;
  const tallest = Math.max(240, innerHeight - rest);
  for (const plane of planes) {
    const [widthMm, heightMm] = [plane.across, plane.down].map((axis) => shape[axis] * spacingMm[axis]);
    const isLarge = plane.name === 'axial' || isNarrow;
    const scale = Math.min(plane.figure.clientWidth / widthMm, (isLarge ? tallest : tallest / 2 - 14) / heightMm);
    const [width, height] = [widthMm * scale, heightMm * scale].map((size) => Math.max(1, Math.floor(size)));
    plane.canvas.style.width = `${width}px`;
    plane.canvas.style.height = `${height}px`;
    plane.canvas.width = Math.round(width * devicePixelRatio);
    plane.canvas.height = Math.round(height * devicePixelRatio);
  }
}

let isWaiting = false;
/** Draws once for all changes before the next picture of the screen. */
function redraw() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    const grey = greys();
    for (const plane of planes) {
      draw(plane, grey);
      const slice = content.start[plane.through] + state.at[plane.through] * content.factor[plane.through];
      plane.slider.value = state.at[plane.through];
      plane.output.textContent = `slice ${slice}`;
      plane.canvas.setAttribute('aria-label', `${plane.name} slice ${slice}, crosshair at ${describe(state.at)}`);
    }
    byId('crosshair').textContent = `Crosshair: ${describe(state.at)}`;
    byId('range').textContent = `${Math.round(state.low)} to ${Math.round(state.high)} HU`.replaceAll('-', '−');
    byId('window').value = state.preset;
    byId('style').value = state.style;
    byId('opacity').value = Math.round(100 * state.opacity);
  });
}

// Changes

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

function moveTo(at) {
  state.at = at.map((n, axis) => clamp(n, 0, shape[axis] - 1));
  redraw();
}

const moveBy = (axis, steps) => moveTo(state.at.map((n, i) => (i === axis ? n + steps : n)));

function choosePreset(number) {
  state.preset = (number + presets.length) % presets.length;
  ({ low: state.low, high: state.high } = presets[state.preset]);
  redraw();
}

/** Width and middle of the window changed by so many HU. */
function changeWindow(wider, higher) {
  const middle = (state.low + state.high) / 2 + higher;
  const half = Math.max(1, (state.high - state.low) / 2 + wider / 2);
  [state.low, state.high, state.preset] = [middle - half, middle + half, ''];
  redraw();
}

function set(change) {
  Object.assign(state, change);
  redraw();
}

function toggleHelp() {
  const help = byId('help');
  help.hidden = !help.hidden;
  byId('help-button').setAttribute('aria-expanded', String(!help.hidden));
  layOut();
  redraw();
}

function nextStyle() {
  const styles = ['lines', 'filled', 'none'];
  set({ style: styles[(styles.indexOf(state.style) + 1) % styles.length] });
}

const upOf = ({ upwards }) => (upwards ? 1 : -1);

/** What a key does to a plane; true where it does anything. */
const keys = {
  ArrowLeft: ({ across }) => moveBy(across, -1),
  ArrowRight: ({ across }) => moveBy(across, 1),
  ArrowUp: (plane) => moveBy(plane.down, upOf(plane)),
  ArrowDown: (plane) => moveBy(plane.down, -upOf(plane)),
  PageUp: ({ through }) => moveBy(through, 1),
  PageDown: ({ through }) => moveBy(through, -1),
  w: () => choosePreset(Number(state.preset) + 1),
  W: () => choosePreset(Number(state.preset) - 1),
  o: nextStyle,
  h: toggleHelp,
  '[': () => set({ opacity: clamp(state.opacity - 0.1, 0, 1) }),
  ']': () => set({ opacity: clamp(state.opacity + 0.1, 0, 1) }),
  '+': () => set({ zoom: clamp(state.zoom * 1.25, 1, 16) }),
  '=': () => set({ zoom: clamp(state.zoom * 1.25, 1, 16) }),
  '-': () => set({ zoom: clamp(state.zoom / 1.25, 1, 16) }),
  0: () => set({ zoom: 1 }),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  const { target } = event;
  if (target.tagName === 'SELECT') return; // letters choose in it
  if (target.tagName === 'INPUT' && /^(Arrow|Page)/.test(event.key)) return; // a slider moves by itself
  event.preventDefault();
  keys[event.key](planes.find(({ canvas }) => canvas === target) ?? planes[0]);
}

function listenToPointer(plane) {
  const { canvas } = plane;
  let last; // where a drag that changes the window was
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    const isWindow = event.button === 2 || event.shiftKey;
    last = isWindow ? event : undefined;
    const at = voxelAt(plane, event);
    if (!isWindow && at) moveTo(at);
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = voxelAt(plane, event);
    byId('pointer').textContent = at ? `Pointer: ${describe(at)}` : '';
    if (event.buttons === 0) return;
    if (last) {
      changeWindow(2 * (event.clientX - last.clientX), last.clientY - event.clientY);
      last = event;
    } else if (at) moveTo(at);
  });
  canvas.addEventListener('pointerleave', () => (byId('pointer').textContent = ''));
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  let turned = 0; // of a wheel or a touchpad, until it is a slice
  const onWheel = (event) => {
    if (!document.hasFocus() || event.ctrlKey) return; // a notebook scrolls on, a browser zooms
    event.preventDefault();
    turned += event.deltaY;
    if (Math.abs(turned) < 30) return;
    moveBy(plane.through, turned < 0 ? 1 : -1);
    turned = 0;
  };
  canvas.addEventListener('wheel', onWheel, { passive: false });
}

// The page

function fillLegend() {
  masks.forEach(({ classes, dotted }, m) =>
    classes.forEach(({ name, colour }, c) => {
      const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: true });
      const line = document.createElement('i');
      line.style.color = colour;
      line.style.borderTopStyle = dotted ? 'dotted' : 'solid';
      const label = document.createElement('label');
      label.append(box, line, name);
      box.addEventListener('change', () => {
        state.shown[m][c] = box.checked;
        redraw();
      });
      byId('legend').append(label);
    }),
  );
}

function fillControls() {
  presets.forEach(({ name }, i) => byId('window').append(new Option(name, i)));
  byId('window').append(new Option('by hand', ''));
  byId('window').addEventListener('change', ({ target }) => {
    if (target.value !== '') choosePreset(Number(target.value));
  });
  byId('style').addEventListener('change', ({ target }) => set({ style: target.value }));
  byId('opacity').addEventListener('input', ({ target }) => set({ opacity: target.value / 100 }));
  byId('help-button').addEventListener('click', toggleHelp);
  if (masks.length === 0) for (const id of ['style', 'opacity']) byId(id).parentElement.hidden = true;
  fillLegend();
}

for (const plane of planes) {
  plane.figure = document.querySelector(`figure.${plane.name}`);
  plane.canvas = plane.figure.querySelector('canvas');
  plane.slider = plane.figure.querySelector('input');
  plane.output = plane.figure.querySelector('output');
  plane.slider.max = shape[plane.through] - 1;
  plane.slider.addEventListener('input', () =>
    moveTo(state.at.map((n, axis) => (axis === plane.through ? Number(plane.slider.value) : n))),
  );
  listenToPointer(plane);
}
fillControls();
document.addEventListener('keydown', onKey);
addEventListener('resize', () => {
  layOut();
  redraw();
});
layOut();
redraw();
