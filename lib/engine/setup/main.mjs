// `npm run setup -w axunet-engine`: sets TensorFlow up, and says what runs.
import { runMain } from './processes.mjs';
import { setupTensorflow } from './tensorflow.mjs';

runMain(async () => {
  const { ready, reason } = await setupTensorflow(undefined, { force: true });
  if (ready?.graph.reason) console.log(`Nothing can be compiled to graphs: ${ready.graph.reason}.`);
  if (ready) console.log(`TensorFlow ${ready.version} (${ready.gpu ? 'GPU' : 'CPU'})`);
  else console.log(`TensorFlow is not available: ${reason}; the slower engine wasm is used.`);
});
