// tslab's message handling, mended from outside: ordered sending, bounded output, one cell after the other.
const path = require('node:path');
const { format } = require('node:util');
const { JupyterHandlerImpl, ZmqServer } = require('tslab/dist/jupyter.js');
const { charactersOf, unitsOf } = require('./cursor.cjs');
const { answerTo, parseRequest } = require('./message.cjs');
const { Output } = require('./output.cjs');
const { Diagnostics } = require('./diagnostics.cjs');
const { hasEnded, jupyter, parentMs } = require('./parent.cjs');
const { SendQueue } = require('./sendQueue.cjs');
const { textWriter } = require('./textWriter.cjs');

/** How long, after Jupyter has asked the kernel to end, a cell may still run, and what cells left running. */
const lastCellMs = 10_000;
const lastWorkMs = 1000;

const nextTurn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const writeError = process.stderr.write.bind(process.stderr);

/** Into the log of Jupyter: what cells print later goes to them. */
const complain = (...values) => writeError(`${format(...values)}\n`);

/** Half a surrogate pair would make front ends fail that store UTF-8, in a figure's text as in what cells print. */
function wellFormed(value) {
  if (typeof value === 'string') return value.toWellFormed();
  const inside = (_, part) => (typeof part === 'string' ? part.toWellFormed() : part);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value, inside));
}

/** The deepest `console.group` that is left when a cell fails within it. */
const deepestGroup = 100;

/** What front ends are to know of a cell that did not end well; its output has the error itself. */
const failures = {
  error: { ename: 'Error', evalue: 'The cell failed; what it printed says why.', traceback: [] },
  abort: { status: 'aborted' },
};

/** What the compiler says, with the project's notebooks to tell where a name would have come from. */
const diagnostics = new Diagnostics(path.join(__dirname, '../../notebooks'));

/** Runs cells; all they print and show leaves before their reply. */
class CellHandler extends JupyterHandlerImpl {
  output = new Output();

  constructor(...values) {
    super(...values);
    process.on('exit', () => this.output.settle()); // a cell may call process.exit
  }

  async handleExecute(request, sendText, sendDisplay) {
    this.output.begin();
    const display = (data, update) => {
      this.output.settle();
      const shown = Object.entries(data.data ?? {}).map(([type, value]) => [type, wellFormed(value)]);
      sendDisplay({ ...data, data: Object.fromEntries(shown) }, update);
    };
    const print = (name, text) => this.output.write({ send: sendText, name, text });
    const reply = await super.handleExecute(request, print, display);
    await nextTurn(); // what the cell left to promises
    this.output.settle();
    if (reply.status === 'error') for (let depth = 0; depth < deepestGroup; depth++) console.groupEnd();
    return { ...reply, ...failures[reply.status] };
  }

  async handleExecuteImpl(request, ...rest) {
    request.onStart?.(this.execCount + 1);
    try {
      return await super.handleExecuteImpl(request, ...rest);
    } finally {
      diagnostics.flush(request.code, console.error);
    }
  }

  handleComplete({ code, cursor_pos: place }) {
    const reply = super.handleComplete({ code, cursor_pos: unitsOf(code, place) });
    const [start, end] = [reply.cursor_start, reply.cursor_end].map((units) => charactersOf(code, units));
    return { ...reply, cursor_start: start, cursor_end: end };
  }

  handleInspect({ code, cursor_pos: place }) {
    return super.handleInspect({ code, cursor_pos: unitsOf(code, place) });
  }

  createWriteToIopub(name, print) {
    return textWriter((text) => print(name, text));
  }
}

/** What tslab answers. */
const known = ['kernel_info', 'execute', 'is_complete', 'inspect', 'complete', 'shutdown'].map(
  (name) => `${name}_request`,
);

/** What it would complain about in the output of the last cell. The kernel keeps no history and has no widgets. */
const answers = {
  history_request: () => ({ status: 'ok', history: [] }),
  comm_info_request: () => ({ status: 'ok', comms: {} }),
  interrupt_request: () => {
    process.kill(process.pid, 'SIGINT');
    return { status: 'ok' };
  },
};

class KernelServer extends ZmqServer {
  #lastCell = Promise.resolve();
  /** Set where the first cell is to be prepared (warmUp.cjs). */
  static warmUp;

  async init() {
    try {
      await super.init();
    } catch (error) {
      console.error('The kernel cannot start:', error);
      process.exit(1); // a port is taken: Jupyter starts another kernel when this one ends
    }
    this.#endWithParent();
  }

  /** Where code that never pauses keeps this from running, the thread of interruptWatch.cjs ends the kernel. */
  #endWithParent() {
    if (jupyter === undefined) return;
    const watch = setInterval(() => {
      if (!hasEnded(jupyter)) return;
      clearInterval(watch);
      process.emit('SIGINT', 'SIGINT'); // training saves its state
      this.close();
    }, parentMs).unref();
  }

  bindSocket(socket, port) {
    for (const name of ['iopub', 'shell', 'control', 'hb']) {
      if (this[name] === socket) this[name] = new SendQueue(socket);
    }
    if (socket === this.stdin) socket.linger = 0;
    return super.bindSocket(socket, port);
  }

  /** Nothing that a front end sends may end the kernel or print into a cell. */
  async handleShellMessage(socket, ...frames) {
    let request;
    try {
      request = parseRequest(frames, this.connInfo.key);
    } catch (error) {
      return complain(error.message);
    }
    const type = request.header.msg_type;
    try {
      if (type === 'execute_request' && socket === this.shell) await this.#afterLastCell(socket, frames);
      else if (known.includes(type)) await super.handleShellMessage(socket, ...frames);
      else this.#answer(socket, request);
      if (type === 'kernel_info_request') KernelServer.warmUp?.begin();
    } catch (error) {
      complain(`A request of type ${type} failed:`, error);
      const content = { status: 'error', ename: error?.name, evalue: error?.message, traceback: [] };
      socket.send(answerTo(request, type.replace('_request', '_reply'), content, this.connInfo.key));
    }
  }

  /** tslab would start the next cell before the last one's reply and `idle` are out. */
  async #afterLastCell(socket, frames) {
    KernelServer.warmUp?.end();
    const before = this.#lastCell;
    let end;
    this.#lastCell = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    try {
      await super.handleShellMessage(socket, ...frames);
    } finally {
      setImmediate(end);
    }
  }

  /** Tells every front end, not only the one that asks, which code runs. */
  handleExecute(socket, message) {
    const { content } = message;
    content.onStart = (count) => {
      const note = message.createReply();
      note.header.msg_type = 'execute_input';
      note.content = { code: content.code, execution_count: count };
      if (!content.silent) note.signAndSend(this.connInfo.key, this.iopub);
    };
    return super.handleExecute(socket, message);
  }

  #answer(socket, request) {
    const type = request.header.msg_type;
    const publish = (kind, content) => {
      this.iopub.send(answerTo({ ...request, identities: [] }, kind, content, this.connInfo.key));
    };
    publish('status', { execution_state: 'busy' });
    const answer = answers[type]?.();
    if (answer) socket.send(answerTo(request, type.replace('_request', '_reply'), answer, this.connInfo.key));
    if (type === 'comm_open') publish('comm_close', { comm_id: request.content.comm_id, data: {} });
    publish('status', { execution_state: 'idle' });
  }

  close() {
    this.handler.output.settle();
    super.close();
    const exitSoon = () => setTimeout(() => process.exit(0), lastWorkMs).unref(); // sooner where nothing is left to do
    const patience = setTimeout(exitSoon, lastCellMs).unref();
    this.#lastCell.then(() => {
      // training that was interrupted saves its state
      clearTimeout(patience);
      exitSoon();
    });
  }
}

module.exports = { CellHandler, diagnostics, KernelServer };
