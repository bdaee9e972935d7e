import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const common = {
  setupFiles: ['test/setup.ts'],
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  env: { AXUNET_PROFILE: 'tiny', TF_CPP_MIN_LOG_LEVEL: '2' },
};

/** What tests say that go through all engines: they begin by starting the one which they want. */
const goesThroughEngines = /onEveryKernelSet|kernelSets/;
/** What tests say that name the engine which they want, and none whichever runs already. */
const namesEngine = (text: string): boolean =>
  /startEngine\((?!'auto')[^)]/.test(text) && !/startEngine\(('auto')?\)/.test(text);
/** What tests say that leave other modules, or an engine of their own making, behind. */
const leavesTraces = /startWasm|setBackend\(|vi\.mock\(|process\.chdir/;
/** What tests say that leave another engine behind: what came after them would run on it. */
const leavesEngine = /startEngine\([^)]/;

/**
 * Loading TensorFlow and the library takes longer than most tests, so that test files share two processes, one after
 * the other; those that would change what others see have a process of their own (`apart`).
 */
function kindOf(file: string): 'apart' | 'engines' | 'together' {
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  if (/^test\/(notebooks\.test|scripts\/|train\/killed)/.test(file)) return 'apart';
  if (goesThroughEngines.test(text)) return 'engines';
  if (leavesTraces.test(text)) return 'apart';
  if (namesEngine(text)) return 'engines';
  return leavesEngine.test(text) ? 'apart' : 'together';
}

const files = readdirSync(path.join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/${file.replaceAll('\\', '/')}`);

const project = (name: ReturnType<typeof kindOf>, isolate: boolean) => ({
  extends: true as const,
  test: { ...common, name, isolate, include: files.filter((file) => kindOf(file) === name) },
});

export default defineConfig({
  resolve: { conditions: ['import', 'module', 'node', 'default'] },
  test: {
    maxWorkers: 3,
    projects: [project('apart', true), project('engines', false), project('together', false)],
  },
});
