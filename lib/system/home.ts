/** Where a user's own files lie. What a browser has instead: browser/home.ts. */
export { homedir } from 'node:os';
