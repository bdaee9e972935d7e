// Sends the messages of one socket in order, one at a time.

/** How long a socket that is closed may still take to hand over what was sent, in milliseconds. */
const lingerMs = 1000;

/**
 * zeromq takes one message at a time: `send` throws EBUSY while an earlier one waits, and it lets every 512th wait for
 * the event loop. tslab never waits, so a cell with many lines lost text and its `idle`, and hung. Here a message that
 * the socket refuses stays first in line until it is taken.
 *
 * With a timeout of 0 `send` hands the message to zeromq's own thread before it returns, so that text leaves even while
 * a cell computes without a pause. Neither iopub nor a router ever makes its sender wait.
 */
class SendQueue {
  #socket;
  #waiting = [];

  constructor(socket) {
    this.#socket = socket;
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = 0; // beyond a mark zeromq would drop messages, `idle` among them
    socket.linger = lingerMs;
  }

  /** Takes a message, an array of frames. Never throws; what comes after `close` is dropped. */
  send(frames) {
    this.#waiting.push(frames);
    this.#drain();
  }

  close() {
    this.#drain();
    this.#socket.close();
  }

  // An interrupt can end this between any two calls; then the next message takes the rest along.
  #drain() {
    while (this.#waiting.length > 0) {
      const frames = this.#waiting.shift();
      try {
        this.#socket.send(frames).catch(() => {}); // fails only when the socket is being closed
      } catch (error) {
        const later = error?.code === 'EBUSY' || error instanceof RangeError; // the latter: no stack is left in a cell
        if (!later || this.#socket.closed) continue;
        this.#waiting.unshift(frames);
        setImmediate(() => this.#drain());
        return;
      }
    }
  }
}

module.exports = { SendQueue };
