// A small Jupyter client in Node: starts a kernel as Jupyter does and talks to it through real sockets. For the
// kernel's test and its soak.
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { inProject } from './common.mjs';
import { flags } from './flags.mjs';

const require = createRequire(import.meta.url);
const zmq = createRequire(require.resolve('tslab/package.json'))('zeromq');
const startMs = 110_000; // on a busy machine; one takes less than two seconds on an idle one
const delimiter = '<IDS|MSG>';

/** Ports that are free now. Another program could take one before the kernel does: then the start is tried again. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer()
            .once('error', reject)
            .listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Resolves like `promise`, or to undefined after `ms`. */
export function within(ms, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The text that a cell's messages carry on one stream, joined. */
export const textOf = (messages, name = 'stdout') =>
  messages
    .filter(({ type, content }) => type === 'stream' && content.name === name)
    .map(({ content }) => content.text)
    .join('');

/** What a front end knows of a request: its reply and, in order of arrival, the messages on iopub with that parent. */
class Request {
  reply = undefined;
  messages = [];
  #wake = [];

  arrived(message, channel) {
    if (channel === 'iopub') this.messages.push(message);
    else this.reply = message;
    this.#wake.splice(0).forEach((wake) => wake());
  }

  /** Whether the kernel said `idle`; a cell is over when it did and the reply is here too. */
  get idle() {
    return this.messages.some((message) => message.type === 'status' && message.content.execution_state === 'idle');
  }

  get over() {
    return this.reply !== undefined && this.idle;
  }

  /** Resolves to true as soon as `test` holds, to false after `ms`. */
  async until(test, ms) {
    const end = performance.now() + ms;
    while (!test(this)) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await within(
        left,
        new Promise((resolve) => {
          this.#wake.push(resolve);
        }),
      );
    }
    return true;
  }
}

export class KernelClient {
  #key = randomUUID();
  #session = randomUUID();
  #requests = new Map();
  #sockets = {};
  #sent = Promise.resolve();

  /**
   * Starts a kernel, the script `kernel`, in the folder `cwd` and waits until it answers. `log` takes what the kernel
   * prints outside of cells.
   */
  static async start({ kernel = inProject('scripts/kernel.cjs'), cwd = inProject('notebooks'), log = () => {} } = {}) {
    for (let attempt = 0; attempt < 3; attempt++) {
      const client = new KernelClient();
      await client.#launch([...flags, kernel], cwd, log);
      if (await client.#answers(startMs)) return client;
      client.kill();
    }
    throw new Error('Expected a kernel that answers, got none in three tries');
  }

  async #launch(args, cwd, log) {
    const [shell, iopub, control, stdin, hb] = await freePorts(5);
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-kernel-'));
    const file = path.join(this.folder, 'connection.json');
    writeFileSync(
      file,
      JSON.stringify({
        transport: 'tcp',
        ip: '127.0.0.1',
        key: this.#key,
        signature_scheme: 'hmac-sha256',
        shell_port: shell,
        iopub_port: iopub,
        control_port: control,
        stdin_port: stdin,
        hb_port: hb,
      }),
    );
    const env = { ...process.env, AXUNET_PROGRESS: 'live', TF_CPP_MIN_LOG_LEVEL: '2' };
    const stdio = ['ignore', 'pipe', 'pipe'];
    this.process = spawn(process.execPath, [...args, file], { cwd, env, stdio });
    this.process.stdout.on('data', log);
    this.process.stderr.on('data', log);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? code));
    });
    this.exited.then((how) => {
      this.exit = how;
    });
    this.ports = { shell, iopub, control };
    this.#sockets.shell = new zmq.Dealer({ linger: 0 });
    this.#sockets.control = new zmq.Dealer({ linger: 0 });
    this.#sockets.iopub = this.subscriber();
    for (const name of ['shell', 'control']) this.#sockets[name].connect(`tcp://127.0.0.1:${this.ports[name]}`);
    for (const [name, socket] of Object.entries(this.#sockets)) this.#listen(name, socket);
  }

  /** Another connection to iopub that receives everything; the caller reads and closes it. */
  subscriber(options = {}) {
    const socket = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 0, ...options });
    socket.connect(`tcp://127.0.0.1:${this.ports.iopub}`);
    socket.subscribe();
    return socket;
  }

  async #listen(channel, socket) {
    try {
      for await (const frames of socket) {
        const message = this.#parse(frames);
        this.#requests.get(message.parent)?.arrived(message, channel);
      }
    } catch (error) {
      if (!socket.closed) throw error;
    }
  }

  #sign(parts) {
    const hash = createHmac('sha256', this.#key);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  }

  #parse(frames) {
    const start = frames.findIndex((frame) => frame.toString('latin1') === delimiter) + 1;
    const [signature, ...parts] = frames.slice(start);
    if (signature.toString() !== this.#sign(parts)) throw new Error('A message of the kernel has a wrong signature');
    const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString()));
    return { type: header.msg_type, parent: parent.msg_id, content };
  }

  /** Sends a request; its answers gather in what is returned. */
  request(type, content, channel = 'shell') {
    const id = randomUUID();
    const request = new Request();
    this.#requests.set(id, request);
    const date = new Date().toISOString();
    const header = { msg_id: id, msg_type: type, session: this.#session, username: 'test', version: '5.3', date };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const send = () => this.#sockets[channel].send([delimiter, this.#sign(parts), ...parts]);
    this.#sent = this.#sent.then(send).catch(() => {}); // fails when the client is closed
    return request;
  }

  /** Sends frames as they are, which need be no message. */
  raw(frames) {
    return this.#sockets.shell.send(frames);
  }

  /** Runs a cell; resolves when it is over, or after `ms` (then `over` is false). */
  async execute(code, ms = 20_000) {
    const request = this.begin(code);
    await Promise.race([request.until(() => request.over, ms), this.exited]);
    return request;
  }

  /** Waits until cells run again: for 200 ms after an error tslab drops all that come. */
  async ready(ms = 5000) {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(30)) {
      const cell = await this.execute('0', ms);
      if (cell.reply?.content.status === 'ok') return;
    }
    throw new Error(`Expected a kernel that runs cells again within ${ms} ms, got none`);
  }

  /** Starts a cell and does not wait for it. */
  begin(code) {
    const options = { silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    return this.request('execute_request', { code, user_expressions: {}, ...options });
  }

  /** Asks until the shell answers and iopub, whose subscription takes a moment, delivers. */
  async #answers(ms) {
    const end = performance.now() + ms;
    while (performance.now() < end && this.exit === undefined) {
      const request = this.request('kernel_info_request', {});
      if (await request.until(() => request.over, 1000)) return true;
    }
    return false;
  }

  /** Interrupts as Jupyter does. */
  interrupt() {
    this.process.kill('SIGINT');
  }

  /** Forgets the messages so far. */
  forget() {
    this.#requests.clear();
  }

  /** Asks the kernel to end; resolves to its exit code, or undefined after `ms`. */
  async shutdown(ms = 5000) {
    this.request('shutdown_request', { restart: false }, 'control');
    const how = await within(ms, this.exited);
    this.kill();
    return how;
  }

  /** Ends the kernel at once and closes the sockets. */
  kill() {
    this.process.kill('SIGKILL');
    for (const socket of Object.values(this.#sockets)) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
