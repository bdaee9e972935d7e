/** Checksums at once, which the browser's own only give later, and random bytes. */
import { sha256 as algorithm } from '@noble/hashes/sha2.js';

/** As `node:crypto` has it; of the algorithms SHA-256 alone. */
export function createHash(name: string) {
  if (name !== 'sha256') throw new Error(`no ${name} in a browser`);
  const sum = algorithm.create();
  const hash = {
    update(data: Uint8Array | string) {
      sum.update(Buffer.from(data as Uint8Array));
      return hash;
    },
    digest: (encoding: 'hex' | 'base64'): string => Buffer.from(sum.digest()).toString(encoding),
  };
  return hash;
}

export const randomBytes = (count: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(count)));
