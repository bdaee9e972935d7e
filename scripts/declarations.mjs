// Writes the declarations that the notebooks' kernel reads in place of our sources; see kernel/declarations.cjs.
import fs from 'node:fs';
import path from 'node:path';
import { root, run, writeJson } from './common.mjs';
import { typescriptFile } from './install.mjs';
import declarations from './kernel/declarations.cjs';

/** Kernels that run now may still read those of earlier states. */
const keptStates = 3;

function removeOld(cache) {
  const byAge = fs
    .readdirSync(cache)
    .map((name) => path.join(cache, name))
    .map((place) => ({ place, time: fs.statSync(place).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { place } of byAge.slice(keptStates)) fs.rmSync(place, { recursive: true, force: true });
}

/**
 * Makes them where they are missing or older than a source; true where they are there then. Without them cells start
 * more slowly, and nothing else is different: no failure is passed on.
 */
export async function makeDeclarations(folder = root) {
  try {
    const cache = declarations.cacheFolder(folder);
    const place = path.join(cache, declarations.fingerprint(folder));
    if (declarations.isComplete(place)) return true;
    const made = `${place}.${process.pid}.tmp`;
    const config = path.join(made, 'tsconfig.json');
    writeJson(config, {
      extends: path.join(folder, 'tsconfig.json'),
      compilerOptions: {
        ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true },
        ...{ rootDir: folder, outDir: made, typeRoots: [path.join(folder, 'node_modules/@types')] },
      },
      include: declarations.sourceFolders.map((name) => path.join(folder, name, '**/*.ts')),
    });
    const { code } = await run(process.execPath, [typescriptFile, '-p', config]);
    if (code === 0) {
      writeJson(path.join(made, declarations.completeFile), { made: 'npm run setup' });
      if (!fs.existsSync(place)) fs.renameSync(made, place);
    }
    fs.rmSync(made, { recursive: true, force: true });
    removeOld(cache);
    return code === 0;
  } catch {
    return false; // a folder that cannot be written to
  }
}
