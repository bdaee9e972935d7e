/** Parts of paths. What a browser has instead: browser/path.ts. */
export { default } from 'node:path';
