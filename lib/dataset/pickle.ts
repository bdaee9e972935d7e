/**
 * Reads the part of Python's pickle format (protocol 4; 2 and 3 where asked for) that arrays saved with numpy use.
 * Nothing is executed: a class stays a name, an object its arguments and state, so a hostile file can at worst be
 * refused.
 */
import { expected } from '../errors.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleClass
  | PickleObject;

/** A class or function by its name. */
interface PickleClass {
  readonly kind: 'class';
  readonly module: string;
  readonly name: string;
}

/** The call of a class, and what was put into its result afterwards. */
export interface PickleObject {
  readonly kind: 'object';
  readonly of: PickleClass;
  readonly args: readonly PickleValue[];
  state?: PickleValue;
}

/** Marks the place from which a list, tuple or dictionary is collected. */
const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

interface Machine {
  readonly bytes: Buffer;
  readonly file: string;
  /** What the pickle should be, for messages. */
  readonly what: string;
  at: number;
  stack: Slot[];
  memo: PickleValue[];
}

const damaged = (m: Machine, found: string): Error => expected(m.what, found, m.file);

function take(m: Machine, count: number): Buffer {
  if (m.at + count > m.bytes.length) throw damaged(m, `the end of the file at byte ${m.bytes.length}`);
  m.at += count;
  return m.bytes.subarray(m.at - count, m.at);
}

function pop(m: Machine): PickleValue {
  const value = m.stack.pop();
  if (value === undefined || value === mark) throw damaged(m, `an operation without operand at byte ${m.at}`);
  return value;
}

function popToMark(m: Machine): PickleValue[] {
  const from = m.stack.lastIndexOf(mark);
  if (from < 0) throw damaged(m, `a collection without beginning at byte ${m.at}`);
  return m.stack.splice(from).slice(1) as PickleValue[];
}

const popMany = (m: Machine, count: number): PickleValue[] => Array.from({ length: count }, () => pop(m)).reverse();

function call(m: Machine): PickleObject {
  const args = pop(m);
  const of = pop(m) as PickleClass;
  if (!Array.isArray(args) || of?.kind !== 'class') throw damaged(m, `a call of no class at byte ${m.at}`);
  return { kind: 'object', of, args };
}

function remembered(m: Machine, index: number): PickleValue {
  const value = m.memo[index];
  if (value === undefined) throw damaged(m, `a reference to nothing at byte ${m.at}`);
  return value;
}

function setItems(m: Machine, items: PickleValue[]): void {
  const target = m.stack.at(-1);
  if (!(target instanceof Map) || items.length % 2) throw damaged(m, `entries of no dictionary at byte ${m.at}`);
  for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
}

/** Remembers the value on top of the stack, which stays there. */
function memorise(m: Machine): void {
  const top = pop(m);
  m.stack.push(top);
  m.memo.push(top);
}

function append(m: Machine, items: PickleValue[]): void {
  const target = m.stack.at(-1);
  if (!Array.isArray(target)) throw damaged(m, `items of no list at byte ${m.at}`);
  for (const item of items) target.push(item); // a call takes only so many arguments
}

function build(m: Machine): void {
  const state = pop(m);
  const target = m.stack.at(-1) as PickleObject | undefined;
  if (target?.kind !== 'object') throw damaged(m, `a state of no object at byte ${m.at}`);
  target.state = state;
}

/** Text and bytes behind their length in one byte or four. */
const short = (m: Machine): Buffer => take(m, take(m, 1)[0]!);
const long = (m: Machine): Buffer => take(m, take(m, 4).readUInt32LE());

function pickledClass(m: Machine): PickleClass {
  const [module, name] = popMany(m, 2) as [string, string];
  return { kind: 'class', module, name };
}

/** Operations that put a value on the stack, by their code. The names are those of Python's pickletools. */
const values: Readonly<Record<number, (m: Machine) => Slot>> = {
  0x8c: (m) => short(m).toString('utf8'), // SHORT_BINUNICODE
  0x58: (m) => long(m).toString('utf8'), // BINUNICODE
  0x43: short, // SHORT_BINBYTES
  0x42: long, // BINBYTES
  0x68: (m) => remembered(m, take(m, 1)[0]!), // BINGET
  0x6a: (m) => remembered(m, take(m, 4).readUInt32LE()), // LONG_BINGET
  0x93: pickledClass, // STACK_GLOBAL
  0x28: () => mark, // MARK
  0x29: () => [], // EMPTY_TUPLE
  0x5d: () => [], // EMPTY_LIST
  0x7d: () => new Map(), // EMPTY_DICT
  0x74: popToMark, // TUPLE
  0x85: (m) => popMany(m, 1), // TUPLE1
  0x86: (m) => popMany(m, 2), // TUPLE2
  0x87: (m) => popMany(m, 3), // TUPLE3
  0x4e: () => null, // NONE
  0x88: () => true, // NEWTRUE
  0x89: () => false, // NEWFALSE
  0x4b: (m) => take(m, 1)[0]!, // BININT1
  0x4d: (m) => take(m, 2).readUInt16LE(), // BININT2
  0x4a: (m) => take(m, 4).readInt32LE(), // BININT
  0x52: call, // REDUCE
  0x81: call, // NEWOBJ
};

/** Operations that change what is on the stack already, or nothing. */
const changes: Readonly<Record<number, (m: Machine) => void>> = {
  0x80: (m) => take(m, 1), // PROTO
  0x95: (m) => take(m, 8), // FRAME
  0x94: memorise, // MEMOIZE
  0x61: (m) => append(m, [pop(m)]), // APPEND
  0x65: (m) => append(m, popToMark(m)), // APPENDS
  0x73: (m) => setItems(m, popMany(m, 2)), // SETITEM
  0x75: (m) => setItems(m, popToMark(m)), // SETITEMS
  0x62: build, // BUILD
};

/** A text up to the end of its line. */
function line(m: Machine): string {
  const end = m.bytes.indexOf(0x0a, m.at);
  if (end < 0) throw damaged(m, `a name without end at byte ${m.at}`);
  const text = take(m, end - m.at).toString('utf8');
  m.at++;
  return text;
}

/** What protocols 2 and 3 have where 4 has STACK_GLOBAL and MEMOIZE. */
const olderValues: typeof values = {
  0x63: (m) => ({ kind: 'class', module: line(m), name: line(m) }), // GLOBAL
};
const olderChanges: typeof changes = {
  0x71: (m) => put(m, take(m, 1)[0]!), // BINPUT
  0x72: (m) => put(m, take(m, 4).readUInt32LE()), // LONG_BINPUT
};

/** Remembers the value on top of the stack under a number: they come in order. */
function put(m: Machine, index: number): void {
  if (index > m.memo.length) throw damaged(m, `a reference too far ahead at byte ${m.at}`);
  const top = pop(m);
  m.stack.push(top);
  m.memo[index] = top;
}

/**
 * The value of a pickle of protocol 4, `withOlder` also of 2 and 3; `what` it should be stands in messages. Throws a
 * UserError for damage and for anything beyond plain values, arrays and objects.
 */
export function readPickle(
  bytes: Uint8Array,
  file: string,
  { withOlder = false, what = 'a pickled array' } = {},
): PickleValue {
  const m: Machine = {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    file,
    what,
    at: 0,
    stack: [],
    memo: [],
  };
  for (;;) {
    const code = take(m, 1)[0]!;
    if (code === 0x2e) return pop(m); // STOP
    const value = values[code] ?? (withOlder ? olderValues[code] : undefined);
    const change = changes[code] ?? (withOlder ? olderChanges[code] : undefined);
    if (value) m.stack.push(value(m));
    else if (change) change(m);
    else throw damaged(m, `the operation 0x${code.toString(16)} at byte ${m.at - 1}`);
  }
}

/** An array of numpy as it was pickled. */
export interface PickledArray {
  readonly shape: readonly number[];
  /** Kind and bytes of a number, as `f4`. */
  readonly type: string;
  readonly isBigEndian: boolean;
  /** The first axis is the fastest. */
  readonly isFortran: boolean;
  readonly bytes: Uint8Array;
}

/** Whether a value is a call of the class of that name. */
export const isPickled = (value: PickleValue | undefined, name: string): value is PickleObject =>
  value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'object' && value.of.name === name;

/** Bytes, or the text of code points below 256 that protocol 2 makes of them. */
function pickledBytes(value: PickleValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (!isPickled(value, 'encode') || typeof value.args[0] !== 'string') return undefined;
  return Buffer.from(value.args[0], 'latin1');
}

/** The array that a value of a pickle is; undefined for other values, and where the bytes are not as many as said. */
export function pickledArray(value: PickleValue | undefined): PickledArray | undefined {
  // numpy.ndarray: state (version, shape, dtype, is Fortran order, bytes)
  const state = isPickled(value, '_reconstruct') ? value.state : undefined;
  if (!Array.isArray(state)) return undefined;
  const [, shape, dtype, isFortran] = state;
  const bytes = pickledBytes(state[4]);
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && Number(side) >= 0);
  if (!isShape || !isPickled(dtype, 'dtype') || !bytes) return undefined;
  const type = dtype.args[0];
  if (typeof type !== 'string') return undefined;
  const isBigEndian = Array.isArray(dtype.state) && dtype.state[1] === '>';
  const count = (shape as number[]).reduce((product, side) => product * side, 1);
  if (bytes.length !== count * Number(type.slice(1))) return undefined;
  return { shape: shape as number[], type, isBigEndian, isFortran: isFortran === true, bytes };
}
