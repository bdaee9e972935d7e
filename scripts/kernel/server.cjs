// tslab's message handling, mended from outside: ordered sending, bounded output, one cell after the other.
const { JupyterHandlerImpl, ZmqServer } = require('tslab/dist/jupyter.js');
const { Output } = require('./output.cjs');
const { SendQueue } = require('./sendQueue.cjs');
const { textWriter } = require('./textWriter.cjs');

/** How long, after Jupyter has asked the kernel to end, a cell may still run, and what cells left running. */
const lastCellMs = 10_000;
const lastWorkMs = 1000;

const nextTurn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Runs cells; all they print and show leaves before their reply. */
class CellHandler extends JupyterHandlerImpl {
  output = new Output();

  async handleExecute(request, sendText, sendDisplay) {
    this.output.begin();
    const display = (data, update) => {
      this.output.settle();
      sendDisplay(data, update);
    };
    const print = (name, text) => this.output.write({ send: sendText, name, text });
    const reply = await super.handleExecute(request, print, display);
    await nextTurn(); // what the cell left to promises
    this.output.settle();
    return reply;
  }

  createWriteToIopub(name, print) {
    return textWriter((text) => print(name, text));
  }
}

/** Whether a message, given as its frames, asks to run a cell. */
function isExecuteRequest(frames) {
  const start = frames.findIndex((frame) => frame.equals(Buffer.from('<IDS|MSG>')));
  if (start < 0 || !frames[start + 2]) return false;
  try {
    return JSON.parse(frames[start + 2].toString())?.msg_type === 'execute_request';
  } catch {
    return false; // whoever has no key is refused where signatures are compared
  }
}

class KernelServer extends ZmqServer {
  #lastCell = Promise.resolve();

  async init() {
    try {
      await super.init();
    } catch (error) {
      console.error('The kernel cannot start:', error);
      process.exit(1); // a port is taken: Jupyter starts another kernel when this one ends
    }
  }

  bindSocket(socket, port) {
    for (const name of ['iopub', 'shell', 'control', 'hb']) {
      if (this[name] === socket) this[name] = new SendQueue(socket);
    }
    if (socket === this.stdin) socket.linger = 0;
    return super.bindSocket(socket, port);
  }

  /** tslab would start the next cell before the last one's reply and `idle` are out. */
  async handleShellMessage(socket, ...frames) {
    if (socket !== this.shell || !isExecuteRequest(frames)) return super.handleShellMessage(socket, ...frames);
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

module.exports = { CellHandler, KernelServer };
