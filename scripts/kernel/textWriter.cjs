// A stand-in for `process.stdout.write` that hands text on.
const { StringDecoder } = require('node:string_decoder');

const pieceBytes = 1 << 20; // a longer piece could exceed the longest string

/** The strings in `chunk`; a character split over two writes comes with the second. */
function* strings(chunk, encoding, decoder) {
  if (typeof chunk === 'string' && (!encoding || /^utf-?8$/i.test(encoding))) return yield chunk;
  const view = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
  if (!ArrayBuffer.isView(view)) throw new TypeError(`Expected text or bytes to write, got ${typeof chunk}`);
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield decoder.write(bytes.subarray(start, start + pieceBytes));
  }
}

/** A `write` with the parameters of Node's streams: text or bytes, their encoding, a function to call at the end. */
function textWriter(print) {
  const decoder = new StringDecoder('utf8');
  return (chunk, encoding, done) => {
    const callback = typeof encoding === 'function' ? encoding : done;
    for (const text of strings(chunk, typeof encoding === 'string' ? encoding : undefined, decoder)) {
      if (text) print(text);
    }
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
}

module.exports = { textWriter };
