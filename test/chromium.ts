/** Pages in a real browser without a screen, spoken to through a pipe (Chrome DevTools Protocol). */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium on PATH; undefined where there is none. */
export const chromium = (process.env.PATH ?? '')
  .split(path.delimiter)
  .flatMap((folder) => names.map((name) => path.join(folder, name)))
  .find((file) => existsSync(file));

interface Message {
  readonly id?: number;
  readonly result?: any;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: any;
}

/** Sends a command; the answer. */
type Send = (method: string, params?: object, sessionId?: string) => Promise<any>;

/** Sends commands, each ended by a zero, and hears answers and events in the same form. */
function speak(to: Writable, from: Readable, onEvent: (event: Message) => void): Send {
  const waiting = new Map<number, (answer: Message) => void>();
  let [heard, last] = ['', 0];
  from.setEncoding('utf8').on('data', (text: string) => {
    const messages = (heard + text).split('\0');
    heard = messages.pop()!;
    for (const message of messages) {
      const answer = JSON.parse(message) as Message;
      if (answer.id === undefined) onEvent(answer);
      else waiting.get(answer.id)?.(answer);
    }
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
}

/** A page that is open. */
export interface Page {
  send(method: string, params?: object): Promise<any>;
  /** The value of an expression or of a promise of one, as JSON. Throws what it throws. */
  evaluate<T>(expression: string): Promise<T>;
  /** What the page and its workers asked the network for, or would have but for their policy. */
  readonly requests: string[];
  /** What was written to the console, and errors that nobody caught. */
  readonly complaints: string[];
}

/** Opens an address in a window, waits until it is loaded, and ends the browser after `use`. */
export async function withPage<T>(url: string, use: (page: Page) => Promise<T>, windowSize = '900,800'): Promise<T> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'axunet-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
  const child = spawn(chromium!, [...flags, `--window-size=${windowSize}`, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const [requests, complaints]: [string[], string[]] = [[], []];
  const listen = ({ method, params }: Message): void => {
    if (method === 'Target.attachedToTarget' && params.waitingForDebugger) void listenToWorker(params.sessionId);
    if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params.exceptionDetails));
    if (method === 'Log.entryAdded') complaints.push(params.entry.text);
  };
  let send: Send = () => Promise.reject(new Error('not started'));
  /** Workers wait until they are listened to as well. */
  const listenToWorker = async (session: string): Promise<void> => {
    for (const domain of ['Network', 'Runtime', 'Log'])
      await send(`${domain}.enable`, {}, session).catch(() => undefined);
    await send('Runtime.runIfWaitingForDebugger', {}, session).catch(() => undefined);
  };
  try {
    send = speak(child.stdio[3] as Writable, child.stdio[4] as Readable, listen);
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const toPage = (method: string, params?: object) => send(method, params, sessionId);
    for (const domain of ['Network', 'Runtime', 'Log', 'Page']) await toPage(`${domain}.enable`);
    await toPage('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
    const evaluate = async <V>(expression: string): Promise<V> => {
      const given = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await toPage('Runtime.evaluate', given);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value as V;
    };
    await toPage('Page.navigate', { url });
    const isThere = "location.protocol !== 'about:' && document.readyState === 'complete'";
    while (!(await evaluate<boolean>(isThere))) await new Promise((resolve) => setTimeout(resolve, 50));
    const result = await use({ send: toPage, evaluate, requests, complaints });
    await send('Browser.close').catch(() => undefined);
    return result;
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
