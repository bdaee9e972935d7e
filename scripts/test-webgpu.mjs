// `npm run test:webgpu [-- vitest arguments]`: the tests of the engine webgpu, on this machine's graphics card or, on
// Linux without one, on the software card that comes with Chromium. They are skipped, with the reason, where the
// package `webgpu` is not installed or there is neither.
import fs from 'node:fs';
import path from 'node:path';
import { root, run, runMain } from './common.mjs';
import { nodeFlags, vitestFile } from './install.mjs';

/** Debian's Chromium brings a Vulkan driver that computes on the processor, SwiftShader, and a loader of drivers. */
const chromium = '/usr/lib/chromium';
const software = {
  VK_ICD_FILENAMES: path.join(chromium, 'vk_swiftshader_icd.json'),
  LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, chromium].filter(Boolean).join(path.delimiter),
};

/** What the card is called that a process with these variables sees; undefined where it sees none. */
async function cardWith(variables) {
  const code =
    "import { openDevice } from './lib/engine/webgpu/dawn.ts';" +
    'const { info } = await openDevice(); console.log(info.device || info.description); process.exit();';
  const flags = [...(await nodeFlags()), '--input-type=module', '--eval', code];
  const { code: exit, stdout } = await run(process.execPath, flags, { env: { ...process.env, ...variables } });
  return exit === 0 ? stdout.trim() : undefined;
}

/** The variables with which a card is seen: none for a real one. */
async function chooseCard() {
  const real = await cardWith({});
  if (real !== undefined) return { card: real, variables: {} };
  if (!fs.existsSync(software.VK_ICD_FILENAMES)) return { variables: {} };
  return { card: await cardWith(software), variables: software };
}

runMain(async () => {
  const { card, variables } = await chooseCard();
  console.log(`Graphics card: ${card ?? 'none that WebGPU can use'}`);
  const file = path.join(root, 'vitest.webgpu.config.ts');
  const { code } = await run(process.execPath, [vitestFile, 'run', '--config', file, ...process.argv.slice(2)], {
    show: true,
    env: { ...process.env, ...variables },
  });
  return code;
});
