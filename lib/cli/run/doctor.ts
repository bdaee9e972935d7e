/** `axunet doctor`: what this machine has, what is missing, and how to mend it. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type EngineInfo, startEngine } from 'axunet-engine/engine';
import { whyNoGraphs } from 'axunet-engine/graph/native';
import { engineSettings } from 'axunet-engine/settings';
import { bindingFile, libraryDamage } from 'axunet-engine/system/tensorflow';
import { dawnPackage } from 'axunet-engine/webgpu/dawn';
import { messageOf } from '../../errors.ts';
import { flag, object, optional, readJsonIfGood, type Shape, text } from '../../io/schema.ts';
import { projectPath, projectRoot, settings } from '../../settings.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/doctor.ts';

/** One line of the report. `ok: false` alone is not a failure: most things have a substitute. */
export interface Diagnosis {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do where something is missing. */
  readonly fix?: string;
}

/** What the set-up script notes in node_modules/.axunet/tensorflow.json. */
const noteSchema = object({
  ready: optional(
    object({
      version: text,
      gpu: flag,
      source: text,
      folder: text,
      graph: optional(object({ reason: optional(text) })),
    }),
  ),
  reason: optional(text),
});
type SetupNote = Shape<typeof noteSchema>;

/** The first line that a program prints, or undefined where it is absent or fails. */
async function ask(program: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: 20_000 });
    return stdout.trim().split('\n')[0];
  } catch {
    return undefined;
  }
}

/** What the set-up noted; a note that is damaged says nothing. */
const setupNote = async (): Promise<SetupNote> =>
  (await readJsonIfGood(projectPath('node_modules', '.axunet', 'tensorflow.json'), noteSchema)) ?? {};

/** Which C library there is, as far as TensorFlow cares. */
function systemLibrary(): string {
  if (process.platform !== 'linux') return 'no glibc';
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ? `glibc ${header.glibcVersionRuntime}` : 'not glibc';
}

function systemFindings(npm: string | undefined): Diagnosis[] {
  const library = systemLibrary();
  const isKnown = ['linux x64', 'linux arm64', 'darwin arm64'].includes(`${process.platform} ${process.arch}`);
  const native = isKnown && (process.platform !== 'linux' || library.startsWith('glibc'));
  const cores = os.availableParallelism();
  return [
    { name: 'Node', ok: true, found: process.versions.node },
    {
      name: 'npm',
      ok: npm !== undefined,
      found: npm ?? 'none on PATH',
      fix: npm ? undefined : 'reinstall Node, which brings npm',
    },
    {
      name: 'System',
      ok: native,
      found: `${os.type()} ${os.release()}, ${process.arch}, ${library}`,
      fix: native
        ? undefined
        : 'TensorFlow needs Linux with glibc or macOS on arm64; elsewhere the wasm engine is used',
    },
    { name: 'Machine', ok: true, found: `${cores} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory` },
  ];
}

async function toolFindings(): Promise<Diagnosis[]> {
  const python = await ask('python3', '--version');
  const pip = python && (await ask('python3', '-m', 'pip', '--version'));
  const compiler =
    (await ask('g++', '--version')) ?? (await ask('c++', '--version')) ?? (await ask('clang++', '--version'));
  return [
    {
      name: 'Python',
      ok: pip !== undefined,
      found: python ? `${python}${pip ? `, pip ${pip.split(' ')[1]}` : ' without pip'}` : 'no python3 on PATH',
      fix: pip ? undefined : 'needed once to download TensorFlow: sudo apt install python3-pip',
    },
    {
      name: 'C++ compiler',
      ok: compiler !== undefined,
      found: compiler ?? 'none on PATH',
      fix: compiler
        ? undefined
        : 'needed once to set TensorFlow up: sudo apt install g++, or python3 -m pip install ziglang',
    },
  ];
}

/** Why TensorFlow is not loaded even to look: a damaged library might end this process without a word. */
const damageFound = async (): Promise<string | undefined> =>
  ['auto', 'tensorflow'].includes(engineSettings.engine) ? libraryDamage() : undefined;

/** Starts the engine as a notebook would. */
async function engineFinding(damage?: string): Promise<{ finding: Diagnosis; engine?: EngineInfo }> {
  if (damage !== undefined)
    return { finding: { name: 'Engine', ok: false, found: 'not started: see TensorFlow', fix: damage } };
  try {
    const engine = await startEngine();
    const { fallbackReason } = engine;
    const chosen =
      engineSettings.engine === 'auto' ? 'the fastest that starts here' : `AXUNET_ENGINE=${engineSettings.engine}`;
    return {
      engine,
      finding: {
        name: 'Engine',
        ok: !fallbackReason,
        found: `${engine.name}: ${engine.description} (${chosen})`,
        fix: fallbackReason,
      },
    };
  } catch (error) {
    return { finding: { name: 'Engine', ok: false, found: 'none starts', fix: messageOf(error) } };
  }
}

function libraryFinding({ ready, reason }: SetupNote, damage?: string): Diagnosis {
  if (ready) {
    const fix = existsSync(ready.folder) ? damage : 'the folder is gone: npm run setup';
    const found = `${ready.version} from ${ready.source} in ${ready.folder}`;
    return { name: 'TensorFlow', ok: fix === undefined, found, fix };
  }
  if (existsSync(bindingFile()))
    return { name: 'TensorFlow', ok: true, found: 'a binding that was not made by npm run setup' };
  return { name: 'TensorFlow', ok: false, found: 'not set up', fix: reason ?? 'npm run setup' };
}

/** Whether training can run as one graph, asked of the engine that runs; set-up knows why the binding is absent. */
function graphFinding({ ready }: SetupNote): Diagnosis {
  const reason = whyNoGraphs();
  if (reason === undefined)
    return { name: 'Compiled training', ok: true, found: 'the graph binding is compiled and loads' };
  return {
    name: 'Compiled training',
    ok: false,
    found: 'not possible: training runs operation by operation, slower',
    fix: ready?.graph?.reason ?? reason,
  };
}

/** The optional package through which any graphics card computes; it is asked for by name. */
function webgpuFinding(): Diagnosis {
  const { name, version } = dawnPackage;
  const isThere = existsSync(projectPath('node_modules', name, 'package.json'));
  const found = isThere
    ? 'installed: AXUNET_ENGINE=webgpu'
    : `not installed (npm install --no-save ${name}@${version})`;
  return { name: 'WebGPU', ok: true, found: `optional, ${found}` };
}

async function gpuFinding({ ready }: SetupNote): Promise<Diagnosis> {
  const card = await ask('nvidia-smi', '--query-gpu=name,memory.total,driver_version', '--format=csv,noheader');
  if (!card) return { name: 'GPU', ok: true, found: 'no NVIDIA GPU seen; the CPU computes' };
  if (ready?.gpu) return { name: 'GPU', ok: true, found: `${card}, used by TensorFlow` };
  return {
    name: 'GPU',
    ok: false,
    found: `${card}, not used`,
    fix: 'python3 -m pip install "tensorflow[and-cuda]", then npm run setup',
  };
}

/** Folders under data/ that hold something, and the folder that AXUNET_DATA names. */
function dataFindings(): Diagnosis[] {
  const home = projectPath('data');
  const folders = (existsSync(home) ? readdirSync(home, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory() && readdirSync(path.join(home, entry.name)).length > 0)
    .map((entry) => entry.name);
  const findings: Diagnosis[] = [
    {
      name: 'Data',
      ok: folders.length > 0,
      found: folders.length ? folders.map((name) => `data/${name}`).join(', ') : 'nothing under data/',
      fix: folders.length ? undefined : 'npm start makes the phantom cohort; npm run axunet data lists the others',
    },
  ];
  const { dataFolder, sharedFolder } = settings;
  if (dataFolder) {
    const there = existsSync(dataFolder);
    findings.push({
      name: 'AXUNET_DATA',
      ok: there,
      found: `${dataFolder}${there ? '' : ' does not exist'}`,
      fix: there ? undefined : 'name an existing folder or unset the variable',
    });
  }
  findings.push({
    name: 'Extra test data',
    ok: true,
    found: sharedFolder ? path.relative(projectRoot, sharedFolder) : 'none (optional; tests that need it are skipped)',
  });
  return findings;
}

/** Looks at everything once. The engine is started, so a broken library shows here. */
export async function examine(): Promise<{ findings: Diagnosis[]; engine?: EngineInfo }> {
  const note = await setupNote();
  const npm = await ask('npm', '--version');
  const damage = await damageFound();
  const { finding, engine } = await engineFinding(damage);
  return {
    engine,
    findings: [
      ...systemFindings(npm),
      finding,
      libraryFinding(note, damage),
      graphFinding(note),
      await gpuFinding(note),
      webgpuFinding(),
      ...(await toolFindings()),
      ...dataFindings(),
    ],
  };
}

/** The report as a table with one line for each finding and, under it, the fix. */
export function formatFindings(findings: readonly Diagnosis[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, ok, found, fix }) => [
      `${ok ? 'ok     ' : 'missing'}  ${name.padEnd(width)}  ${found}`,
      ...(fix ? [`${' '.repeat(width + 11)}→ ${fix}`] : []),
    ])
    .join('\n');
}

export async function run({ values }: Call<typeof options>): Promise<number> {
  const { findings, engine } = await examine();
  console.log(values.json ? JSON.stringify({ engine: engine ?? null, findings }, null, 2) : formatFindings(findings));
  return engine ? 0 : 1;
}
