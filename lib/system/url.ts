/** Where a module lies. What a browser has instead: browser/url.ts. */
export { fileURLToPath } from 'node:url';
