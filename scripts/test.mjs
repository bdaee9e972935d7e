// `npm test [-- vitest arguments]`: installs and sets up, checks types, runs all tests; they include the notebooks in profile tiny.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration, readJson, run, runMain } from './common.mjs';
import { typescriptFile, vitestFile } from './install.mjs';
import { checkNode } from './node-version.mjs';
import { prepare } from './setup.mjs';
import { countTests, testCountLine } from './test-count.mjs';

checkNode();
runMain(async () => {
  const started = performance.now();
  console.log(`Engine: ${await prepare()}`);
  const types = await run(process.execPath, [typescriptFile, '-p', '.'], { show: true });
  console.log(types.code === 0 ? 'Type check: no errors' : 'Type check: failed');

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'axunet-test-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const report = path.join(folder, 'report.json');
  const tests = await run(
    process.execPath,
    [
      vitestFile,
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    { show: true },
  );
  const counts = countTests(readJson(report));
  console.log(
    `Type check ${types.code === 0 ? 'passed' : 'failed'}; all in ${duration((performance.now() - started) / 1000)}`,
  );
  console.log(testCountLine(counts));
  return types.code === 0 && tests.code === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
