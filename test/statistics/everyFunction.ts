/** All functions that lib/statistics exports, by name: tests of them all fail for one that they have forgotten. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const room = fileURLToPath(new URL('../../lib/statistics/', import.meta.url));

/** Names of the functions that the files of `lib/statistics/folder` export, in alphabetical order. */
export async function exportedFunctions(folder = ''): Promise<string[]> {
  const files = readdirSync(path.join(room, folder)).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(files.map((file) => import(path.join(room, folder, file))));
  return modules
    .flatMap((module: Record<string, unknown>) => Object.entries(module))
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name)
    .sort();
}
