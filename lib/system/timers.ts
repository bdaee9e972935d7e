/** A turn for others. What a browser has instead: browser/timers.ts. */
export { setImmediate } from 'node:timers';
