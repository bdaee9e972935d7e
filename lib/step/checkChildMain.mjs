// Where the process of checkChild.ts begins: a task (checkTask.ts) as JSON on the standard input, the result as a line
// of JSON on the standard output. Node versions that cannot load TypeScript by themselves do it through tsx.
import { json } from 'node:stream/consumers';

if (!process.features.typescript) (await import('tsx/esm/api')).register();
try {
  const { runCheckTask } = await import('./checkTask.ts');
  console.log(JSON.stringify(await runCheckTask(await json(process.stdin))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
