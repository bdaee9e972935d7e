/** The scripts are plain JavaScript, so that they run before anything is installed; tests see their exports untyped. */
declare module '*.mjs';
declare module '*.cjs';
