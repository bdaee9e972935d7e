// Reads what the loader of macOS looks at in a library or binding for arm64 (Mach-O, 64 bits): its own name, the
// libraries that it needs, where it looks for them, and its symbols.
import fs from 'node:fs';

const commands = {
  symbols: 0x2,
  needs: 0xc,
  id: 0xd,
  rpath: 0x8000001c,
  signature: 0x1d,
  build: 0x32,
  fixups: 0x80000022,
};
const header = { magic: 0xfeedfacf, arm64: 0x0100000c, bytes: 32 };
/** Of a symbol's type and description (nlist_64). */
const symbol = { debug: 0xe0, external: 0x01, kind: 0x0e, bytes: 16 };

function readAt(file, at, bytes) {
  const buffer = Buffer.alloc(bytes);
  const got = fs.readSync(file, buffer, 0, bytes, at);
  if (got !== bytes) throw new Error(`Expected ${bytes} bytes at ${at}, found ${got}`);
  return buffer;
}

const textAt = (buffer, at) => buffer.toString('latin1', at, buffer.indexOf(0, at));

function loadCommands(file) {
  const head = readAt(file, 0, header.bytes);
  if (head.readUInt32LE(0) !== header.magic || head.readUInt32LE(4) !== header.arm64)
    throw new Error('Expected a Mach-O file for arm64, found something else');
  const all = readAt(file, header.bytes, head.readUInt32LE(20));
  const found = [];
  for (let at = 0, left = head.readUInt32LE(16); left > 0; left--) {
    const size = all.readUInt32LE(at + 4);
    found.push({ type: all.readUInt32LE(at), data: all.subarray(at, at + size) });
    at += size;
  }
  return found;
}

/** The symbols that the file has for others. */
function offeredBy(file, data) {
  const [at, count, textsAt, textBytes] = [8, 12, 16, 20].map((offset) => data.readUInt32LE(offset));
  const [table, texts] = [readAt(file, at, count * symbol.bytes), readAt(file, textsAt, textBytes)];
  const offered = new Set();
  for (let i = 0; i < table.length; i += symbol.bytes) {
    const type = table[i + 4];
    if (type & symbol.debug || !(type & symbol.external) || !(type & symbol.kind)) continue;
    offered.add(textAt(texts, table.readUInt32LE(i)));
  }
  return offered;
}

/** How many numbers (LEB128) follow each of the loader's instructions, which are the upper half of a byte. */
const numbersAfter = { 2: 1, 6: 1, 7: 1, 8: 1, 10: 1, 12: 2 };

/**
 * The symbols that the loader's instructions (bind opcodes) ask for: {name, from}. `from` is the number of the library
 * (in the order of `needs`, from 1) in which it looks; undefined where it looks in all that are loaded.
 */
function wantedIn(code) {
  const wanted = new Map();
  let [at, from, name] = [0, 0, ''];
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = code[at++];
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < code.length) {
    const [instruction, direct] = [code[at] >> 4, code[at++] & 0x0f];
    if (instruction > 12) throw new Error(`Expected instructions of the loader up to 12, found ${instruction}`);
    const last = Array.from({ length: numbersAfter[instruction] ?? 0 }, number)[0];
    if (instruction === 1) from = direct;
    else if (instruction === 2) from = last;
    else if (instruction === 3) from = direct === 0 ? 0 : undefined;
    else if (instruction === 4) {
      name = textAt(code, at);
      at += name.length + 1;
    } else if (instruction >= 9 && from !== 0) wanted.set(name, { name, from });
  }
  return [...wanted.values()];
}

/** What is wanted at once and what at its first use; some names are in both. */
function wantedBy(file, data) {
  const parts = [16, 32].map((offset) => readAt(file, data.readUInt32LE(offset), data.readUInt32LE(offset + 4)));
  return [...new Map(parts.flatMap(wantedIn).map((each) => [each.name, each])).values()];
}

/** What a Mach-O file says of itself. Throws where it is none for arm64. */
export function readMachO(name) {
  const file = fs.openSync(name);
  try {
    const all = loadCommands(file);
    const texts = (type, field) =>
      all.filter((c) => c.type === type).map((c) => textAt(c.data, c.data.readUInt32LE(field)));
    const build = all.find(({ type }) => type === commands.build)?.data.readUInt32LE(12);
    const dataOf = (wanted) => {
      const command = all.find(({ type }) => type === wanted);
      if (!command) throw new Error(`Expected command ${wanted} in ${name}, found none`);
      return command.data;
    };
    return {
      id: texts(commands.id, 8)[0],
      needs: texts(commands.needs, 8),
      rpaths: texts(commands.rpath, 8),
      isSigned: all.some(({ type }) => type === commands.signature),
      oldestSystem: build === undefined ? undefined : `${build >> 16}.${(build >> 8) & 0xff}`,
      offered: offeredBy(file, dataOf(commands.symbols)),
      wanted: wantedBy(file, dataOf(commands.fixups)),
    };
  } finally {
    fs.closeSync(file);
  }
}

/** The wanted symbols that the library does not offer in which the loader looks for them, of those that are known. */
export function unresolved({ needs, wanted }, known) {
  return wanted.filter(({ name, from }) => from !== undefined && known[needs[from - 1]]?.offered.has(name) === false);
}
