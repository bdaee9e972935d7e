import { describe, expect, it } from 'vitest';
import { startEngine } from '../../../lib/engine/engine.ts';
import {
  addJoinedVariable,
  clearVariables,
  getVariables,
  type JoinedVariable,
  joinParts,
  setVariables,
  splitParts,
} from '../../../lib/engine/graph/joinedVariable.ts';
import { dtypes, type HostTensor, newGraph, Session, whyNoGraphs } from '../../../lib/engine/graph/native.ts';
import type { Trace } from '../../../lib/engine/graph/trace.ts';
import { withTrace } from '../../../lib/engine/graph/tracing.ts';
import { readVariable } from '../../../lib/engine/graph/variables.ts';

await startEngine();
const why = whyNoGraphs();

const parts = [
  { key: 'bias', shape: [3] },
  { key: 'kernel', shape: [2, 1, 2] },
  { key: 'scale', shape: [1] },
];
const alone = [{ key: 'large', shape: [2, 2] }];
const arrays: Record<string, number[]> = { bias: [1, 2, 3], kernel: [4, 5, 6, 7], scale: [8], large: [9, 10, 11, 12] };
const arrayOf = ({ key, shape }: { key: string; shape: readonly number[] }): HostTensor => ({
  shape,
  data: Float32Array.from(arrays[key]),
});

/** A session with the two variables and what `extend` puts beside them. */
function sessionWith(extend: (trace: Trace, variables: JoinedVariable[]) => void = () => {}): {
  session: Session;
  variables: JoinedVariable[];
} {
  const graph = newGraph();
  const variables = withTrace({ graph }, (trace) => {
    const made = [parts, alone].map((each) => addJoinedVariable(trace, each));
    extend(trace, made);
    return made;
  });
  return { session: new Session(graph), variables };
}

describe.skipIf(why)(`a variable of several arrays${why ? ` (skipped: ${why})` : ''}`, () => {
  it('gives back each array that it was set to, in its own shape', async () => {
    const { session, variables } = sessionWith();
    await setVariables(session, variables, arrayOf);
    const values = await getVariables(session, variables);
    expect([...values.keys()]).toEqual(['bias', 'kernel', 'scale', 'large']);
    for (const part of [...parts, ...alone]) expect(values.get(part.key)).toMatchObject(arrayOf(part));
    session.close();
  });

  it('is a vector of all numbers, or of one array that array', () => {
    const { session, variables } = sessionWith();
    expect(variables.map(({ variable }) => variable.shape)).toEqual([[8], [2, 2]]);
    session.close();
  });

  it('holds zeros once it is cleared', async () => {
    const { session, variables } = sessionWith();
    await setVariables(session, variables, arrayOf);
    await clearVariables(session, variables);
    const values = await getVariables(session, variables);
    expect([...values.values()].every(({ data }) => data.every((v: number) => v === 0))).toBe(true);
    session.close();
  });

  it('comes apart into its arrays within a graph', async () => {
    const name = (v: number, i: number): string => `part_${v}_${i}`;
    const { session, variables } = sessionWith((trace, made) =>
      made.forEach((each, v) => {
        splitParts(trace, each, readVariable(trace, each.variable).ref).forEach((ref, i) =>
          trace.add('Identity', [ref], [{ name: 'T', type: 4, value: dtypes.float32 }], { name: name(v, i) }),
        );
      }),
    );
    await setVariables(session, variables, arrayOf);
    const found = await session.run({}, [name(0, 0), name(0, 1), name(0, 2), name(1, 0)]);
    [...parts, ...alone].forEach((part, i) => expect(found[i]).toMatchObject(arrayOf(part)));
    session.close();
  });

  it('is joined from its arrays, with zeros in place of those that are missing', async () => {
    const { session } = sessionWith((trace, [joined, single]) => {
      const [bias, kernel] = parts.map(({ key, shape }) => trace.constant(shape, dtypes.float32, arrays[key]));
      for (const [name, ref] of Object.entries({
        some: joinParts(trace, joined, [bias, kernel, undefined]),
        none: joinParts(trace, single, []),
      })) {
        trace.add('Identity', [ref], [{ name: 'T', type: 4, value: dtypes.float32 }], { name });
      }
    });
    const [some, none] = await session.run({}, ['some', 'none']);
    expect([...some.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 0]);
    expect(none).toMatchObject({ shape: [2, 2], data: new Float32Array(4) });
    session.close();
  });
});
