// Messages of Jupyter's wire protocol that tslab does not read or write itself.
const { createHmac, randomUUID, timingSafeEqual } = require('node:crypto');

const delimiter = Buffer.from('<IDS|MSG>');

/** The signature of the parts of a message, in hexadecimal digits; without a key there is none. */
function signatureOf(key, parts) {
  if (!key) return '';
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The frames of a request as `{ identities, header, content }`. Throws where they are no message signed with `key`. */
function parseRequest(frames, key) {
  const start = frames.findIndex((frame) => frame.equals(delimiter));
  if (start < 0 || frames.length < start + 6) throw new Error('Expected a message of Jupyter, found other frames');
  const [signature, ...parts] = frames.slice(start + 1);
  const wanted = Buffer.from(signatureOf(key, parts));
  if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted))
    throw new Error('Expected a message signed with the key of this kernel, found another signature');
  const [header, , , content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
  if (typeof header?.msg_type !== 'string') throw new Error('Expected a message with a type, found none');
  return { identities: frames.slice(0, start), header, content: content ?? {} };
}

/** The frames of a message of that type which answers a request. */
function answerTo({ identities, header: parent }, type, content, key) {
  const { session, username } = parent;
  const date = new Date().toISOString();
  const header = { msg_id: randomUUID(), msg_type: type, session, username, date, version: '5.3' };
  const parts = [header, parent, {}, content].map((part) => JSON.stringify(part));
  return [...identities, delimiter, signatureOf(key, parts), ...parts];
}

module.exports = { parseRequest, answerTo };
