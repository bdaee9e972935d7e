/** Checksums of parts of graphs. None in a browser, which makes no graphs. */
export { createHash } from 'node:crypto';
