/**
 * npm run fuzz -- [--minutes N] [--seed S] [--case K]: damages files of every format for so long; 1 where one is not
 * refused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { makeTargets } from './targets.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, case: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 1e9 : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('npm run fuzz: Expected --minutes above 0 and a whole number as --seed');
  process.exit(2);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-fuzz-'));
try {
  const end = performance.now() + 60_000 * minutes;
  const single = values.case === undefined ? undefined : Number(values.case);
  const goesOn = single === undefined ? () => performance.now() < end : (cases: number) => cases < 1;
  const { cases, refused, uncaught } = await fuzz(await makeTargets(folder), seed, goesOn, single);
  for (const one of uncaught.slice(0, 50)) console.log(`${one.target}, case ${one.case}: ${one.message}\n`);
  console.log(
    `seed ${seed}: ${cases} damaged files, ${refused} refused, ${uncaught.length} errors that are no sentence`,
  );
  process.exitCode = uncaught.length ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
