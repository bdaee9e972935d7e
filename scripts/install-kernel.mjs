// Registers the notebooks' kernel with Jupyter; needs neither Python nor a global npm package.
//   node scripts/install-kernel.mjs          into the project's .jupyter folder (npm run lab does this)
//   node scripts/install-kernel.mjs --user   into the user's Jupyter folder, where VS Code looks
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, writeJson } from './common.mjs';
import { startEnvironment } from './environment.mjs';
import { nodeFlags } from './install.mjs';

function userFolder() {
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR;
  if (process.platform === 'win32') return path.join(process.env.APPDATA, 'jupyter');
  return path.join(os.homedir(), process.platform === 'darwin' ? 'Library/Jupyter' : '.local/share/jupyter');
}

/** Writes the kernel's description and returns its folder. The name is the one that the notebooks carry. */
export async function installKernel({ user = false } = {}) {
  const folder = path.join(user ? userFolder() : inProject('.jupyter'), 'kernels', 'tslab');
  // JupyterLab installed below .jupyter brings CommonJS files, which the project's own "type": "module" would break.
  if (!user) writeJson(inProject('.jupyter', 'package.json'), { type: 'commonjs' });
  writeJson(path.join(folder, 'kernel.json'), {
    argv: [process.execPath, ...(await nodeFlags()), inProject('scripts/kernel.cjs'), '{connection_file}'],
    display_name: 'TypeScript (axunet)',
    language: 'typescript',
    interrupt_mode: 'signal',
    env: { ...startEnvironment, AXUNET_PROGRESS: 'live', TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  return folder;
}

if (import.meta.url === pathToFileURL(path.resolve(process.argv[1] ?? '')).href) {
  console.log(
    `Kernel "TypeScript (axunet)" registered in ${await installKernel({ user: process.argv.includes('--user') })}`,
  );
}
