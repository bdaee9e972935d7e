/** Damage to files, drawn from a seeded stream: bytes of any format, and JSON that stays JSON. */
import type { Random } from '../../lib/random.ts';

export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)]!;

const edges = [0, 1, -1, 2 ** 7, 2 ** 15, 2 ** 16 - 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1];

/** Sets 1, 2 or 4 bytes to a number at the edge of its range. */
function setNumber(bytes: Buffer, random: Random): Buffer {
  const width = pick(random, [1, 2, 4]);
  if (bytes.length < width) return bytes;
  const value = pick(random, edges) & (width === 4 ? -1 : 2 ** (8 * width) - 1);
  const at = random.integer(bytes.length - width + 1);
  for (let i = 0; i < width; i++) bytes[at + i] = value >>> (8 * i);
  return bytes;
}

/** A number in the text becomes another one. */
function changeNumber(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('latin1');
  const numbers = [...text.slice(0, 4096).matchAll(/-?\d+(\.\d+)?/g)];
  if (numbers.length === 0) return bytes;
  const { 0: old, index } = pick(random, numbers);
  const value = pick(random, ['0', '-1', '1e309', 'nan', '99999999999999999999', '4294967296', '', '1.5', 'x', '../x']);
  return Buffer.from(text.slice(0, index) + value + text.slice(index + old.length), 'latin1');
}

const damages: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  setNumber,
  changeNumber,
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.integer(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(random.integer(64), random.integer(256))]),
  (bytes, random) => {
    const [from, to] = [random.integer(bytes.length + 1), random.integer(bytes.length + 1)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from!)]); // a part twice
  },
  (bytes, random) => {
    const from = random.integer(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.integer(16))]);
  },
];

/** A copy with one to four damages. */
export function damageBytes(bytes: Buffer, random: Random): Buffer {
  let damaged = Buffer.from(bytes);
  for (let n = 1 + random.integer(4); n > 0; n--) damaged = Buffer.from(pick(random, damages)(damaged, random));
  return damaged;
}

/** What may stand where something else is expected. */
const oddValues: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e300,
  () => 2 ** 53,
  () => '',
  () => '../../x',
  () => '../../victim.txt',
  () => '..\\victim.txt',
  () => 'C:\\victim.txt',
  () => '/dev/zero',
  () => '\u202egnp.\u009b31m\u2028',
  () => 'x'.repeat(60_000),
  () => '/etc/hostname',
  () => 'a\u0000b',
  () => '\u001b[2J',
  () => [],
  () => [null],
  () => [[]],
  () => ({}),
  () => ({ length: 3 }),
  () => JSON.parse('{"__proto__": {"x": 1}}'),
  () => JSON.parse('{"constructor": null, "toString": 3}'),
  () => 'constructor',
];

type Place = { readonly holder: any; readonly key: string | number };

const valueAt = ({ holder, key }: Place): unknown => holder[key];

function placesIn(value: any): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...keys].flatMap((key) => [{ holder: value, key }, ...placesIn(value[key])]);
}

/** A JSON value with one to three of its parts missing, doubled or replaced. */
export function damageJson(value: unknown, random: Random): unknown {
  const root = { value: structuredClone(value) };
  for (let n = 1 + random.integer(3); n > 0; n--) {
    const places = placesIn(root);
    const { holder, key } = random.integer(20) === 0 ? { holder: root, key: 'value' } : pick(random, places);
    const kind = random.integer(6);
    if (kind === 0 && holder !== root) Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key];
    else if (kind === 1 && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
    else if (kind === 2) holder[key] = structuredClone(valueAt(pick(random, places)));
    else holder[key] = pick(random, oddValues)();
  }
  return root.value;
}
