/**
 * Errors of the graphics card become exceptions. WebGPU reports a shader that does not compile, a command that is
 * invalid or memory that is used up to a listener only, and the program goes on with whatever the buffers hold; tfjs
 * does not listen.
 */
import { UserError } from '../errors.ts';
import type { Device } from './dawn.ts';

/** The part of tfjs' backend through which values come back. */
export interface Backend {
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
  readonly tensorMap: { get(dataId: object): { readonly values?: unknown } };
}

const firstLine = (text: string): string => text.trim().split('\n')[0];

/**
 * From the first error of `device` on, every read of a tensor's values throws it: nothing that was computed since can
 * be told from what is right. Values cannot be read in JavaScript without waiting at all, which a sentence says instead
 * of tfjs' `OffscreenCanvas is not defined`.
 */
export function throwDeviceErrors(backend: Backend, device: Device): void {
  let failure: UserError | undefined;
  const fail = (message: string): void => {
    failure ??= new UserError(
      `The graphics card failed, so that no result since can be trusted: ${firstLine(message)}. Start the program ` +
        'again; smaller images, batches or width need less of its memory',
    );
  };
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault(); // else Dawn prints it too
    fail(event.error.message);
  });
  void device.lost.then(({ reason, message }) => fail(`the device is lost (${reason}: ${message})`));
  const { read } = backend;
  backend.read = async (dataId) => {
    const values = await read.call(backend, dataId).catch((error: unknown) => {
      throw failure ?? error;
    });
    if (failure) throw failure;
    return values;
  };
  backend.readSync = (dataId) => {
    const { values } = backend.tensorMap.get(dataId);
    if (values) return values;
    throw new UserError(
      'The webgpu engine gives values to those who wait alone: `await tensor.data()` instead of `dataSync()`',
    );
  };
}
