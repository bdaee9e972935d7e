// Where the thread of batchThread.ts begins. Node versions that cannot load TypeScript by themselves do it through tsx;
// a thread gets that here and not by flags, because those of the process differ: command line, notebook kernel, test.
if (!process.features.typescript) (await import('tsx/esm/api')).register();
await import('./batchThreadMain.ts');
