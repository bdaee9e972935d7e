/**
 * Variables of a session that hold several arrays end to end. A network has many tiny weights (biases, scales,
 * statistics), and a node of a graph costs TensorFlow some microseconds however little it computes: read, updated and
 * stored as one, they cost next to nothing.
 */
import { typeAttribute } from './attributes.ts';
import { attributeTypes, dtypes, type HostTensor, type NativeAttribute, type Session } from './native.ts';
import type { Ref } from './nodes.ts';
import type { Trace } from './trace.ts';
import { addVariable, assignVariable, type GraphVariable, readVariable } from './variables.ts';

export interface Part {
  /** Its name among all arrays of the session. */
  readonly key: string;
  readonly shape: readonly number[];
}

export interface JoinedVariable {
  /** One or more. */
  readonly parts: readonly Part[];
  /** A vector; of a single part, in that part's shape. Its nodes bear the key of the first part. */
  readonly variable: GraphVariable;
}

const sizeOf = ({ shape }: Pick<Part, 'shape'>): number => shape.reduce((a, b) => a * b, 1);
const T = typeAttribute('T', dtypes.float32);
const count = (name: string, value: number): NativeAttribute => ({ name, type: attributeTypes.int, value });
const integers = (trace: Trace, values: readonly number[]): Ref =>
  trace.constant([values.length], dtypes.int32, values);
const firstAxis = (trace: Trace): Ref => trace.constant([], dtypes.int32, [0]);

/**
 * Adds the variable, with nodes that read it (`get/`), set it (`set/` from `value/`) and fill it with zeros (`clear/`).
 */
export function addJoinedVariable(trace: Trace, parts: readonly Part[]): JoinedVariable {
  const [{ key, shape: first }] = parts;
  const shape = parts.length === 1 ? first : [parts.reduce((sum, part) => sum + sizeOf(part), 0)];
  const variable = addVariable(trace, `state/${key}`, shape);
  readVariable(trace, variable, { name: `get/${key}` });
  assignVariable(trace, 'Assign', variable, trace.placeholder(`value/${key}`, shape, 'float32').ref, {
    name: `set/${key}`,
  });
  const zero = trace.constant([], dtypes.float32, [0]);
  const [{ ref: zeros }] = trace.add(
    'Fill',
    [integers(trace, shape), zero],
    [T, typeAttribute('index_type', dtypes.int32)],
  );
  assignVariable(trace, 'Assign', variable, zeros, { name: `clear/${key}` });
  return { parts, variable };
}

const reshape = (trace: Trace, ref: Ref, shape: readonly number[]): Ref =>
  trace.add('Reshape', [ref, integers(trace, shape)], [T, typeAttribute('Tshape', dtypes.int32)])[0].ref;

/** The parts of a value of the variable, in their shapes. */
export function splitParts(trace: Trace, { parts }: Pick<JoinedVariable, 'parts'>, value: Ref): Ref[] {
  if (parts.length === 1) return [value];
  const inputs = [value, integers(trace, parts.map(sizeOf)), firstAxis(trace)];
  const pieces = trace.add('SplitV', inputs, [
    T,
    typeAttribute('Tlen', dtypes.int32),
    count('num_split', parts.length),
  ]);
  return pieces.map(({ ref }, i) => (parts[i].shape.length === 1 ? ref : reshape(trace, ref, parts[i].shape)));
}

/** A value of the variable from values of its parts; those that are undefined are zeros. */
export function joinParts(
  trace: Trace,
  { parts }: Pick<JoinedVariable, 'parts'>,
  values: readonly (Ref | undefined)[],
): Ref {
  const whole = parts.map(
    ({ shape }, i) => values[i] ?? trace.constant(shape, dtypes.float32, new Float32Array(sizeOf(parts[i]))),
  );
  if (parts.length === 1) return whole[0];
  const vectors = whole.map((ref, i) => (parts[i].shape.length === 1 ? ref : reshape(trace, ref, [-1])));
  return trace.add(
    'ConcatV2',
    [vectors, firstAxis(trace)],
    [T, typeAttribute('Tidx', dtypes.int32), count('N', parts.length)],
  )[0].ref;
}

/** Sets variables from the arrays of all of their parts. */
export async function setVariables(
  session: Session,
  variables: readonly JoinedVariable[],
  arrayOf: (part: Part) => HostTensor,
): Promise<void> {
  const join = ({ parts, variable: { shape } }: JoinedVariable): HostTensor => {
    if (parts.length === 1) return arrayOf(parts[0]);
    const data = new Float32Array(shape[0]);
    let at = 0;
    for (const part of parts) {
      data.set(arrayOf(part).data, at);
      at += sizeOf(part);
    }
    return { shape, data };
  };
  const feeds = variables.map((each) => [`value/${each.parts[0].key}`, join(each)] as const);
  await session.run(
    Object.fromEntries(feeds),
    [],
    variables.map(({ parts }) => `set/${parts[0].key}`),
  );
}

/** The arrays of all parts of variables, by key. */
export async function getVariables(
  session: Session,
  variables: readonly JoinedVariable[],
): Promise<Map<string, HostTensor>> {
  const values = await session.run(
    {},
    variables.map(({ parts }) => `get/${parts[0].key}`),
  );
  return new Map(
    variables.flatMap(({ parts }, i) => {
      let at = 0;
      return parts.map((part): [string, HostTensor] => {
        if (parts.length === 1) return [part.key, values[i]];
        const data = values[i].data.slice(at, (at += sizeOf(part)));
        return [part.key, { shape: part.shape, data }];
      });
    }),
  );
}

export async function clearVariables(session: Session, variables: readonly JoinedVariable[]): Promise<void> {
  await session.run(
    {},
    [],
    variables.map(({ parts }) => `clear/${parts[0].key}`),
  );
}
