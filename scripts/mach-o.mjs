// Reads what the loader of macOS looks at in a library or binding for arm64 (Mach-O, 64 bits): its own name, the
// libraries that it needs, where it looks for them, and its symbols.
import fs from 'node:fs';

const commands = { symbols: 0x2, needs: 0xc, id: 0xd, rpath: 0x8000001c, signature: 0x1d, build: 0x32 };
const header = { magic: 0xfeedfacf, arm64: 0x0100000c, bytes: 32 };
/** Of a symbol's type and description (nlist_64). */
const symbol = { debug: 0xe0, external: 0x01, kind: 0x0e, bytes: 16, lookup: 0xfe };

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

/**
 * The symbols that the file has for others and wants from others. `from` is the number of the library (in the order
 * of `needs`, from 1) in which the loader looks for it; undefined where it looks in all that are loaded.
 */
function symbolsOf(file, data) {
  const [at, count, textsAt, textBytes] = [8, 12, 16, 20].map((offset) => data.readUInt32LE(offset));
  const [table, texts] = [readAt(file, at, count * symbol.bytes), readAt(file, textsAt, textBytes)];
  const [offered, wanted] = [new Set(), []];
  for (let i = 0; i < table.length; i += symbol.bytes) {
    const [type, description] = [table[i + 4], table.readUInt16LE(i + 6)];
    if (type & symbol.debug || !(type & symbol.external)) continue;
    const name = textAt(texts, table.readUInt32LE(i));
    if (type & symbol.kind) offered.add(name);
    else wanted.push({ name, from: description >> 8 === symbol.lookup ? undefined : description >> 8 });
  }
  return { offered, wanted };
}

/** What a Mach-O file says of itself. Throws where it is none for arm64. */
export function readMachO(name) {
  const file = fs.openSync(name);
  try {
    const all = loadCommands(file);
    const texts = (type, field) =>
      all.filter((c) => c.type === type).map((c) => textAt(c.data, c.data.readUInt32LE(field)));
    const build = all.find(({ type }) => type === commands.build)?.data.readUInt32LE(12);
    const table = all.find(({ type }) => type === commands.symbols);
    return {
      id: texts(commands.id, 8)[0],
      needs: texts(commands.needs, 8),
      rpaths: texts(commands.rpath, 8),
      isSigned: all.some(({ type }) => type === commands.signature),
      oldestSystem: build === undefined ? undefined : `${build >> 16}.${(build >> 8) & 0xff}`,
      ...(table ? symbolsOf(file, table.data) : { offered: new Set(), wanted: [] }),
    };
  } finally {
    fs.closeSync(file);
  }
}

/** The wanted symbols that the library does not offer in which the loader looks for them, of those that are known. */
export function unresolved({ needs, wanted }, known) {
  return wanted.filter(({ name, from }) => from !== undefined && known[needs[from - 1]]?.offered.has(name) === false);
}
