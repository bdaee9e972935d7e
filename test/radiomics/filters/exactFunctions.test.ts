import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactCos, exactExp, exactSin } from '../../../lib/radiomics/filters/exactFunctions.ts';

const functions = { exp: exactExp, sin: exactSin, cos: exactCos };

describe('exp, sin and cos to the nearest double', () => {
  // mpmath 1.4.1 with 300 bits, rounded once; arguments where the functions of JavaScript (V8 11.3) give a neighbour.
  it.each<[keyof typeof functions, number, number]>([
    ['exp', -1.011858537515294, 0.36354269358031716],
    ['exp', -13.306370320426996, 0.0000016638600553951596],
    ['exp', -0.3706472488234808, 0.6902873983083267],
    ['exp', -0.27139178428648164, 0.7623177737664012],
    ['sin', -14.841485382611987, -0.7620530478272743],
    ['sin', -19.68522326220556, -0.7417442507907367],
    ['sin', -0.16440317696431214, -0.16366358457498154],
    ['sin', -19.592073463121352, -0.6761448981457941],
    ['cos', -15.136947387241772, -0.8413523390426727],
    ['cos', -21.16521668701583, -0.6778721547417538],
    ['cos', -0.2637981278405191, 0.9654065852268693],
    ['cos', -23.382007559319703, -0.17896792799032304],
  ])('%s(%d) is %d', (name, x, wanted) => expect(functions[name](x)).toBe(wanted));

  it('are within a unit or two in the last place of those of JavaScript, everywhere', () => {
    fc.assert(
      fc.property(fc.constantFrom('exp', 'sin', 'cos'), fc.double({ noNaN: true }), (name, x) => {
        const [found, near] = [functions[name as keyof typeof functions](x), Math[name as keyof typeof functions](x)];
        if (Number.isFinite(near)) expect(Math.abs(found - near)).toBeLessThanOrEqual(2 ** -51 * Math.abs(near));
        else expect(found).toBe(near);
      }),
      { numRuns: 300 },
    );
  });
  it('are exact at 0 and for tiny arguments', () => {
    expect([exactExp(0), exactSin(0), exactCos(0), exactSin(1e-300), exactSin(-1e-59), exactExp(1e-59)]).toEqual([
      1, 0, 1, 1e-300, -1e-59, 1,
    ]);
  });
});
