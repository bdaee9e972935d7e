// What cells print, on its way to the front end: joined where it comes fast, bounded where it is too much.

/** Characters are UTF-16 units. docs/settings.md tells users of the bounds. */
const limits = {
  joinMs: 50, // the first writes of such a time leave at once, later ones together at its end
  directWrites: 10,
  joinChars: 65_536, // joined text leaves when it has grown to this
  burstChars: 2_500_000, // what a cell may print at once
  charsPerSecond: 20_000, // and what it may print beyond that
  tailChars: 2000, // the end of what is left out, which is shown: the last words are often an error or a result
  messageChars: 200, // what a message costs beside its text
};

/** 1 where a cut at this place would part the two halves of a character, else 0. */
function inCharacter(text, place) {
  const isHigh = (text.charCodeAt(place - 1) & 0xfc00) === 0xd800;
  return Number(isHigh && (text.charCodeAt(place) & 0xfc00) === 0xdc00);
}

const belongTogether = (a, b) => a?.name === b.name && a.send === b.send;

/**
 * A chunk is `{ send, name, text }`: text of the stream `name`, which `send(name, text)` hands to the front end. Chunks
 * leave in the order in which they came. An interrupt can end each method between any two calls; then a chunk can be
 * lost, but the next call, or the next cell at the latest, goes on.
 */
class Output {
  #limits;
  #now;
  #pending = [];
  #pendingChars = 0;
  #windowStart;
  #windowWrites;
  #timer;
  #allowance;
  #allowanceAt;
  #held;

  constructor(changes = {}, now = () => performance.now()) {
    this.#limits = { ...limits, ...changes };
    this.#now = now;
    this.begin();
  }

  /** A cell starts: it may print as much as every other. */
  begin() {
    this.settle();
    [this.#windowStart, this.#windowWrites] = [-Infinity, 0];
    [this.#allowance, this.#allowanceAt] = [this.#limits.burstChars, this.#now()];
  }

  write(chunk) {
    const { joinMs, directWrites, joinChars } = this.#limits;
    const last = this.#pending.at(-1);
    if (belongTogether(last, chunk) && chunk.text.length <= joinChars) last.text += chunk.text;
    else this.#pending.push({ ...chunk });
    this.#pendingChars += chunk.text.length;
    const now = this.#now();
    if (now - this.#windowStart >= joinMs) [this.#windowStart, this.#windowWrites] = [now, 0];
    this.#windowWrites++;
    if (this.#windowWrites <= directWrites || this.#pendingChars >= joinChars) this.flush();
    else this.#flushWithin(joinMs);
  }

  /** Sends what waits to be joined, within the bounds. */
  flush() {
    this.#pendingChars = 0;
    while (this.#pending.length > 0) this.#pass(this.#pending.shift());
    if (!this.#held) return;
    this.#refill();
    if (this.#allowance >= this.#limits.charsPerSecond) this.#release();
    else this.#flushWithin(1000);
  }

  /** Sends everything, with the line that tells what was left out: at the end of a cell and before a figure. */
  settle() {
    this.flush();
    if (this.#held) this.#release();
  }

  #flushWithin(ms) {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, ms);
  }

  #refill() {
    const { burstChars, charsPerSecond } = this.#limits;
    const now = this.#now();
    this.#allowance = Math.min(burstChars, this.#allowance + ((now - this.#allowanceAt) / 1000) * charsPerSecond);
    this.#allowanceAt = now;
  }

  #pass(chunk) {
    if (this.#held) return this.#hold(chunk);
    this.#refill();
    const room = Math.max(0, Math.floor(this.#allowance) - this.#limits.messageChars);
    if (chunk.text.length <= room) return this.#send(chunk);
    const cut = room - inCharacter(chunk.text, room);
    if (cut > 0) this.#send({ ...chunk, text: chunk.text.slice(0, cut) });
    return this.#hold({ ...chunk, text: chunk.text.slice(cut) });
  }

  #send({ send, name, text }) {
    this.#allowance -= text.length + this.#limits.messageChars;
    send(name, text.toWellFormed()); // half a surrogate pair would make front ends fail that store UTF-8
  }

  /** Keeps the end of what is too much and counts the rest. */
  #hold(chunk) {
    const { tailChars } = this.#limits;
    this.#held ??= { first: chunk, chunks: [], chars: 0, leftOut: 0 };
    const held = this.#held;
    const last = held.chunks.at(-1);
    const start = Math.max(0, chunk.text.length - tailChars);
    const text = chunk.text.slice(start + inCharacter(chunk.text, start));
    held.leftOut += chunk.text.length - text.length;
    held.chars += text.length;
    if (belongTogether(last, chunk)) last.text += text;
    else held.chunks.push({ ...chunk, text });
    if (held.chars > 4 * tailChars || held.chunks.length > tailChars) this.#trim(held);
  }

  #trim(held) {
    const { tailChars } = this.#limits;
    while (held.chars > tailChars || held.chunks.length > tailChars / 2) {
      const [oldest] = held.chunks;
      const start = Math.max(1, held.chars - tailChars);
      const rest = oldest.text.slice(start + inCharacter(oldest.text, start));
      const cut = oldest.text.length - rest.length;
      held.leftOut += cut;
      held.chars -= cut;
      if (rest) oldest.text = rest;
      else held.chunks.shift();
    }
  }

  #release() {
    const held = this.#held;
    this.#held = undefined;
    this.#trim(held);
    const notice = `\n[${held.leftOut.toLocaleString('en')} characters left out: the cell printed too much at once]\n`;
    if (held.leftOut > 0) this.#send({ ...held.first, text: notice });
    for (const chunk of held.chunks) this.#send(chunk);
  }
}

module.exports = { Output };
