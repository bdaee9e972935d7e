/** A page in a real browser without a screen, spoken to through a pipe (Chrome DevTools Protocol). */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium on PATH; undefined where there is none. */
export const chromium = (process.env.PATH ?? '')
  .split(path.delimiter)
  .flatMap((folder) => names.map((name) => path.join(folder, name)))
  .find((file) => existsSync(file));

interface Answer {
  readonly id?: number;
  readonly result?: any;
  readonly error?: { readonly message: string };
}

/** Sends commands, each ended by a zero, and hears the answers in the same form. */
function speak(to: Writable, from: Readable): (method: string, params?: object, sessionId?: string) => Promise<any> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let [heard, last] = ['', 0];
  from.setEncoding('utf8').on('data', (text: string) => {
    const messages = (heard + text).split('\0');
    heard = messages.pop()!;
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    }
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
}

/**
 * Opens a viewer page in a window of 900 × 800 pixels and runs `script`, the body of an async function, in it once it
 * has drawn; returns what that returns, as JSON. `settled()` waits until the page has drawn again.
 */
export async function inChromium<T>(page: string, script: string): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-chromium-'));
  const file = path.join(folder, 'page.html');
  writeFileSync(file, page);
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', '--window-size=900,800'];
  const child = spawn(chromium!, [...flags, `--user-data-dir=${path.join(folder, 'profile')}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const send = speak(child.stdio[3] as Writable, child.stdio[4] as Readable);
    const { targetId } = await send('Target.createTarget', { url: pathToFileURL(file).href });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const evaluate = (expression: string) =>
      send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
    const isThere = async (): Promise<boolean> =>
      (await evaluate("location.protocol === 'file:' && document.readyState === 'complete'")).result.value;
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 50));
    const { result, exceptionDetails } = await evaluate(`(async () => {
      const settled = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const isDrawn = () => /HU/.test(document.getElementById('crosshair')?.textContent ?? '');
      for (let i = 0; i < 200 && !isDrawn(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
      ${script}
    })()`);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    await send('Browser.close').catch(() => undefined);
    return result.value as T;
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
