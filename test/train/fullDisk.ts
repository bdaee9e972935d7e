/** A disk that fills up: give `limitWrites` to `vi.mock('node:fs/promises')`, then set how many bytes still fit. */
import type * as files from 'node:fs/promises';

export const disk = { bytesLeft: Infinity };

/** The module with handles whose `writeFile` fails with ENOSPC once `disk.bytesLeft` are used up. */
export function limitWrites(actual: typeof files): typeof files {
  return {
    ...actual,
    open: async (...args: Parameters<typeof files.open>) => {
      const handle = await actual.open(...args);
      const write = handle.writeFile.bind(handle);
      handle.writeFile = async (data, options) => {
        disk.bytesLeft -= (data as Uint8Array).length;
        if (disk.bytesLeft < 0)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        return write(data, options);
      };
      return handle;
    },
  };
}
