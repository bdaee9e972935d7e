// `npm test [-- vitest arguments]`: installs and sets up, checks types, lints, runs all tests; they include the
// notebooks in profile tiny.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duration, readJson, run, runMain } from './common.mjs';
import { biomeFile, typescriptFile, vitestFile } from './install.mjs';
import { checkNode } from './node-version.mjs';
import { prepare } from './setup.mjs';
import { countTests, testCountLine } from './test-count.mjs';

/** Runs a program that looks for errors: one line where it finds none, else what it prints and the line. */
async function check(what, file, args) {
  const { code, stdout, stderr } = await run(process.execPath, [file, ...args]);
  if (code !== 0) process.stderr.write(`${stdout}${stderr}`);
  console.log(`${what}: ${code === 0 ? 'no errors' : 'failed'}`);
  return code === 0;
}

/** Runs the tests; the counts of vitest's report, and its exit code. */
async function runTests(args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'axunet-test-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const report = path.join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await run(process.execPath, [vitestFile, 'run', ...reporters, ...args], { show: true });
  return { code, counts: countTests(readJson(report)) };
}

const passedOrFailed = (isGood) => (isGood ? 'passed' : 'failed');

checkNode();
runMain(async () => {
  const started = performance.now();
  let checks;
  const onInstalled = () => {
    checks = [
      check('Type check', typescriptFile, ['-p', '.']),
      check('Type check of the page', typescriptFile, ['-p', 'web']),
      check('Lint', biomeFile, ['check', '.']),
    ];
  };
  console.log(`Engine: ${await prepare({ onInstalled })}`);
  const [library, page, lint] = await Promise.all(checks);
  const types = library && page;
  const { code, counts } = await runTests(process.argv.slice(2));
  const seconds = (performance.now() - started) / 1000;
  console.log(`Type check ${passedOrFailed(types)}; lint ${passedOrFailed(lint)}; all in ${duration(seconds)}`);
  console.log(testCountLine(counts));
  return types && lint && code === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
