/** WebGPU in Node: Dawn, the implementation of Chromium's browsers, from the optional package `webgpu`. */
import { createRequire } from 'node:module';
import { messageOf, UserError } from '../errors.ts';

/** What a graphics card says of itself. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
}

/** An error of the device that no call threw. */
interface UncapturedError {
  readonly error: { readonly message: string };
  preventDefault(): void;
}

/** A device, as far as its errors and limits go. */
export interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  readonly limits: { readonly maxBufferSize: number };
  addEventListener(type: 'uncapturederror', listener: (event: UncapturedError) => void): void;
}

interface Adapter {
  readonly info: AdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(wanted: object): Promise<Device>;
}

interface Gpu {
  requestAdapter(wanted: { powerPreference: string }): Promise<Adapter | null>;
}

interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: object;
}

/** The package and the version that was tried; it is installed by name, since it brings 133 MB for all systems. */
export const dawnPackage = { name: 'webgpu', version: '0.6.2' } as const;

async function loadDawn(): Promise<Dawn> {
  const { name, version } = dawnPackage;
  try {
    return (await import(name)) as Dawn;
  } catch (error) {
    const reason =
      (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND' ? 'it is not installed' : messageOf(error);
    throw new UserError(`the package ${name} does not load (${reason}): npm install --no-save ${name}@${version}`);
  }
}

/** The version of the package that is installed; undefined where the environment has a WebGPU of its own. */
function dawnVersion(): string | undefined {
  try {
    return (createRequire(import.meta.url)(`${dawnPackage.name}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** `navigator.gpu` as in a browser, which is where the backend of tfjs looks for WebGPU as it loads. */
async function provideGpu(): Promise<Gpu> {
  const existing = (globalThis as { navigator?: { gpu?: Gpu } }).navigator;
  if (existing?.gpu) return existing.gpu;
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // Node from 21 on has a navigator, whose properties belong to its prototype; before, there is none.
  const options = { configurable: true, writable: true };
  if (existing) Object.defineProperty(existing, 'gpu', { value: gpu, ...options });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, ...options });
  return gpu;
}

/** What tfjs' shaders need above WebGPU's least, as far as the card has it. */
const limitsOfTfjs = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/** The fastest card and a device on it. Throws a UserError that says what is missing. */
export async function openDevice(): Promise<{ device: Device; info: AdapterInfo; version?: string }> {
  const gpu = await provideGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new UserError('no graphics card that WebGPU can use (on Linux its Vulkan driver is needed too)');
  const requiredLimits = Object.fromEntries(limitsOfTfjs.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  return { device, info: adapter.info, version: dawnVersion() };
}
