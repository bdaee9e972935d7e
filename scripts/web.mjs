// npm run web: the page of web/ as one HTML file, web/dist/index.html. Scripts, binaries and the small network lie in
// it, packed; nothing is fetched, so that it works from a disk too.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { build } from 'esbuild';
import { inProject, runMain } from './common.mjs';

/** What the library reads from its own folders, by its place on the disk of the page. */
const files = {
  'lib/package.json': 'lib/package.json',
  'lib/room/page/body.html': 'lib/view/page/body.html',
  'lib/room/page/browser.mjs': 'lib/view/page/browser.mjs',
  'lib/room/page/style.css': 'lib/view/page/style.css',
  'codecs/openjpeg.wasm': 'node_modules/@cornerstonejs/codec-openjpeg/dist/openjpegwasm_decode.wasm',
  'codecs/charls.wasm': 'node_modules/@cornerstonejs/codec-charls/dist/charlswasm_decode.wasm',
};
/** The networks, which the size of the page is told without. */
const weights = ['weights.json', 'small.safetensors'];
const binaries = ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/** A script and all that it imports. Modules that ask where they lie are told a place of the page's disk. */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [inProject('web', entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    conditions: ['browser'],
    external: ['fs', 'path'], // asked for by the codecs, in Node alone
    define: { 'import.meta.url': '"file:///axunet/lib/room/file.ts"' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

const packed = (bytes) => zlib.deflateSync(bytes, { level: 9 }).toString('base64');
const part = (id, kind, bytes) => `<script type="text/plain" id="${id}" data-kind="${kind}">${packed(bytes)}</script>`;
const read = (file) => fs.readFileSync(inProject(file));
const sumOf = (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** No connection at all; scripts are the page's own, the viewer's, and those that the page has made (blob:). */
function policyFor(script) {
  const viewer = read('lib/view/page/browser.mjs').toString().replaceAll('\r\n', '\n');
  return [
    "default-src 'none'",
    "connect-src 'none'",
    `script-src ${sumOf(script)} ${sumOf(viewer)} 'wasm-unsafe-eval' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** The page as one text, and its bytes without the networks. */
export async function webPage() {
  const [script, worker] = [await bundle('page.ts'), await bundle('worker.ts')];
  const safe = script.replaceAll('</script', '<\\/script');
  const networks = weights.map((name) => part(`weights/${name}`, 'file', read(`data/weights/${name}`)));
  const parts = [
    part('worker.js', 'script', worker),
    ...Object.entries(files).map(([place, file]) => part(place, 'file', read(file))),
    ...binaries.map((name) => part(name, 'binary', read(`node_modules/@tensorflow/tfjs-backend-wasm/dist/${name}`))),
    ...networks,
  ];
  const page = read('web/index.html')
    .toString()
    .replace('<!-- policy -->', () => policyFor(safe))
    .replace('/* style */', () => read('web/style.css').toString())
    .replace('<!-- data -->', () => parts.join('\n'))
    .replace('/* script */', () => safe);
  return { page, bytes: page.length - networks.join('\n').length };
}

if (process.argv[1] === inProject('scripts/web.mjs'))
  runMain(async () => {
    const { page, bytes } = await webPage();
    const file = inProject('web/dist/index.html');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, page);
    const size = (count) => `${(count / 1e6).toFixed(2)} MB`;
    console.log(`web/dist/index.html: ${size(page.length)}, without the network ${size(bytes)}`);
  });
