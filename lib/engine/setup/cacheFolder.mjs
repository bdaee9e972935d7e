import os from 'node:os';
import path from 'node:path';

/** Where downloaded libraries and notes of checks are kept between projects. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return process.env.AXUNET_CACHE ? path.resolve(process.env.AXUNET_CACHE) : path.join(base, 'axunet');
}
