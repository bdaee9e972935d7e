// `npm run setup`, and the first part of `npm start` and `npm test`: Node, packages, engine.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { engineChoices } from '../lib/engine/setup/engineNames.mjs';
import { setupTensorflow } from '../lib/engine/setup/tensorflow.mjs';
import { Problem, runMain } from './common.mjs';
import { makeDeclarations } from './declarations.mjs';
import { install } from './install.mjs';
import { checkNode } from './node-version.mjs';
import { statusLine } from './status-line.mjs';

/**
 * Brings a fresh clone to the point where TypeScript runs and the engine is chosen.
 * `onInstalled` is called as soon as the packages are there: the engine may still be downloaded and compiled.
 * Returns a phrase naming the engine. Throws a Problem where a named engine (AXUNET_ENGINE) cannot be had.
 */
export async function prepare({ force = false, onInstalled } = {}) {
  const status = statusLine();
  const engine = process.env.AXUNET_ENGINE || 'auto';
  if (!engineChoices.includes(engine))
    throw new Problem(`Expected AXUNET_ENGINE to be one of ${engineChoices.join(', ')}, found "${engine}".`);
  await install((text) => status.print(text));
  onInstalled?.();
  const [phrase] = await Promise.all([prepareEngine(engine, status, force), makeDeclarations()]);
  return phrase;
}

/** The second part: the engine that is wanted, or that is there. */
async function prepareEngine(engine, status, force) {
  if (engine !== 'auto' && engine !== 'tensorflow') return `${engine}, as AXUNET_ENGINE says`;
  const { ready, reason } = await setupTensorflow(status, { force });
  if (ready?.graph.reason) status.print(`Training runs operation by operation, slower: ${ready.graph.reason}.`);
  if (ready) return `TensorFlow ${ready.version} (${ready.gpu ? 'GPU' : 'CPU'})`;
  if (engine === 'tensorflow') throw new Problem(`TensorFlow is not available: ${reason}.`);
  status.print(`TensorFlow is not available: ${reason}; until then the slower engine wasm is used.`);
  return 'wasm';
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  checkNode();
  runMain(async () => console.log(`Engine: ${await prepare({ force: true })}`));
}
