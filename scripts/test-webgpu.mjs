// `npm run test:webgpu [-- --need-card] [vitest arguments]`: the tests of the engine webgpu, on this machine's graphics
// card or, on Linux without one, on the software card that comes with Chromium and Chrome. They are skipped, with the
// reason, where the package `webgpu` is not installed or there is neither; with --need-card that is a failure.
import fs from 'node:fs';
import path from 'node:path';
import { parseObject } from '../lib/engine/setup/files.mjs';
import { root, run, runMain } from './common.mjs';
import { nodeFlags, vitestFile } from './install.mjs';

/** Where these browsers bring a Vulkan driver that computes on the processor, SwiftShader, and a loader of drivers. */
const browsers = ['/usr/lib/chromium', '/opt/google/chrome'];

/** The variables with which a process finds the software card of a browser; undefined where there is none. */
function softwareCard() {
  const folder = browsers.find((place) => fs.existsSync(path.join(place, 'vk_swiftshader_icd.json')));
  if (process.platform !== 'linux' || folder === undefined) return undefined;
  return {
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(path.delimiter),
  };
}

/** What the card is called that a process with these variables sees, or why it sees none. */
async function cardWith(variables) {
  const code =
    "import { openDevice } from './lib/engine/webgpu/dawn.ts';" +
    'const found = await openDevice().catch((error) => ({ reason: error.message }));' +
    'console.log(JSON.stringify({ card: found.info?.device || found.info?.description, reason: found.reason }));' +
    'process.exit();';
  const flags = [...(await nodeFlags()), '--input-type=module', '--eval', code];
  const { stdout, stderr } = await run(process.execPath, flags, { env: { ...process.env, ...variables } });
  const answer = stdout.split('\n').find((line) => line.startsWith('{'));
  return (answer && parseObject(answer)) ?? { reason: stderr.trim().split('\n').at(-1) };
}

/** The card that is there, and the variables with which it is seen: none for a real one. */
async function chooseCard() {
  const real = await cardWith({});
  const software = softwareCard();
  if (real.card || !software) return { ...real, variables: {} };
  return { ...(await cardWith(software)), variables: software };
}

runMain(async () => {
  const { card, reason, variables } = await chooseCard();
  console.log(`Graphics card: ${card ?? `none (${reason})`}`);
  const isNeeded = process.argv.includes('--need-card');
  if (isNeeded && !card) return 1;
  const rest = process.argv.slice(2).filter((argument) => argument !== '--need-card');
  const config = path.join(root, 'vitest.webgpu.config.ts');
  const { code } = await run(process.execPath, [vitestFile, 'run', '--config', config, ...rest], {
    show: true,
    env: { ...process.env, ...variables },
  });
  return code;
});
