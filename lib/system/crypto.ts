/** Checksums and random bytes. What a browser has instead: browser/crypto.ts. */
export { createHash, randomBytes } from 'node:crypto';
