// Installs the npm packages when they are missing or older than package-lock.json. Needs nothing but Node and npm.
import fs from 'node:fs';
import path from 'node:path';
import { duration, findProgram, inProject, Problem, readJson, root, run } from './common.mjs';

/** Why `npm ci` is needed, or undefined where node_modules holds exactly what package-lock.json lists. */
export function whyInstall(folder = root) {
  const wanted = readJson(path.join(folder, 'package-lock.json'))?.packages;
  if (!wanted) throw new Problem(`Expected package-lock.json in ${folder}, found none: clone the repository again.`);
  // npm writes this second lock file last, so an interrupted installation has none.
  const present = readJson(path.join(folder, 'node_modules/.package-lock.json'))?.packages;
  if (!present) return 'they are not installed yet';
  for (const [place, entry] of Object.entries(wanted)) {
    const name = /(?<=^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    if (name === undefined) continue; // a workspace
    const found = present[place];
    const onDisk = fs.existsSync(path.join(folder, place));
    if (!found && !onDisk && (entry.optional || entry.devOptional || entry.peer)) continue; // made for another system
    if (!found || !onDisk) return `${name} is missing`;
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${name} has another version`;
  }
  return undefined;
}

/** The npm that started this script, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && fs.existsSync(script)) return [process.execPath, [script]];
  const npm = findProgram('npm');
  if (!npm)
    throw new Problem(
      'Expected npm, which comes with Node, found none on PATH: ' +
        'install Node from https://nodejs.org, then start again.',
    );
  return [npm, []];
}

// Development packages too: NODE_ENV=production would leave out those that check and test.
const ciArguments = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

/** The first words of what npm said about a failure. */
const complaintIn = ({ stderr }) =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => !line.includes('A complete log'))
    .slice(0, 4)
    .join(' | ');

/** Runs `npm ci` where needed; `log` gets one line. Throws a Problem that says why it failed. */
export async function install(log) {
  const reason = whyInstall();
  if (!reason) return;
  log(`Installing the npm packages (${reason}; about 200 MB to download, under a minute on most lines)`);
  const started = performance.now();
  const [npm, before] = npmCommand();
  const result = await run(npm, [...before, ...ciArguments, '--loglevel=error']);
  const left = result.code === 0 ? whyInstall() : undefined;
  if (result.code !== 0 || left) {
    const said = left ?? complaintIn(result);
    throw new Problem(
      `npm could not install the packages (${said || `exit code ${result.code}`}): ` +
        "check the network and npm's registry setting, then start again.",
    );
  }
  log(`Installed in ${duration((performance.now() - started) / 1000)}`);
}

/** The flags with which this Node loads TypeScript; only after the installation, since older ones need tsx. */
export const nodeFlags = async () => (await import('./flags.mjs')).flags;

export const vitestFile = inProject('node_modules/vitest/vitest.mjs');
export const typescriptFile = inProject('node_modules/typescript/bin/tsc');
export const biomeFile = inProject('node_modules/@biomejs/biome/bin/biome');
