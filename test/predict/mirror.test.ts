import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipImages, mirrorAxes, mirrorNetwork, mirrorVersions, parseMirror } from '../../lib/predict/mirror.ts';
import type { ForegroundNetwork } from '../../lib/predict/slices.ts';

/**
 * A network that answers with the value of the pixel on the left, 0 at the edge, of the lower neighbour: no flip leaves
 * it alone.
 */
const oneSided: ForegroundNetwork = {
  reason: 'a fake',
  close: () => {},
  predict: async (images, [n, height, width, channels]) =>
    Float32Array.from({ length: n * height * width }, (_, p) => (p % width === 0 ? 0 : images[(p - 1) * channels])),
};
/** A network that looks at each pixel alone, and at both neighbouring slices alike. */
const symmetric: ForegroundNetwork = {
  reason: undefined,
  close: () => {},
  predict: async (images, [n, height, width]) =>
    Float32Array.from(
      { length: n * height * width },
      (_, p) => images[3 * p] + 2 * images[3 * p + 1] + images[3 * p + 2],
    ),
};
const shape = [1, 1, 3, 3];
// columns (a, b, c); channels below, here, above
const images = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);

describe('flipping images', () => {
  it('turns columns with x, rows with y and neighbours with z', () => {
    expect([...flipImages(images, shape, ['x'])]).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
    expect([...flipImages(images, shape, ['z'])]).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect([...flipImages(images, [1, 3, 1, 3], ['y'])]).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
    expect([...flipImages(images, [3, 1, 1, 3], ['x', 'y'])]).toEqual([...images]); // each image for itself
  });

  it('twice gives the images back', () => {
    const sizes = fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 4 })));
    fc.assert(
      fc.property(sizes, fc.subarray([...mirrorAxes]), (size, axes) => {
        const values = Float32Array.from({ length: size.reduce((a, b) => a * b) }, (_, i) => i);
        expect(flipImages(flipImages(values, size, axes), size, axes)).toEqual(values);
      }),
    );
  });
});

describe('a mirrored network', () => {
  it('averages the answers to all versions, each flipped back', async () => {
    const answer = await mirrorNetwork(oneSided, ['x']).predict(images, shape);
    // the left neighbour (0, 1, 4) and, seen in the mirror, the right one (4, 7, 0)
    expect([...answer]).toEqual([2, 4, 2]);
    // neighbours change places too: (0, 3, 6) and (6, 9, 0) come in
    expect([...(await mirrorNetwork(oneSided, ['x', 'z']).predict(images, shape))]).toEqual([2.5, 5, 2.5]);
    expect(mirrorVersions(['x', 'z'])).toEqual([[], ['x'], ['z'], ['x', 'z']]);
    expect(mirrorVersions([...mirrorAxes])).toHaveLength(8);
  });

  it('keeps the classes of an answer apart, also where neighbours change places', async () => {
    // Two classes: what the slice below shows at the pixel on the left, and a constant.
    const twoClasses: ForegroundNetwork = {
      ...oneSided,
      predict: async (seen, [n, height, width, channels]) =>
        Float32Array.from({ length: 2 * n * height * width }, (_, i) => {
          const p = i >> 1;
          if (i % 2 === 1) return 7;
          return p % width === 0 ? 0 : seen[(p - 1) * channels];
        }),
    };
    const answer = await mirrorNetwork(twoClasses, ['x', 'z']).predict(images, shape);
    expect([...answer]).toEqual([2.5, 7, 5, 7, 2.5, 7]);
  });

  it('says the same as the network where that does not care about flips, whatever the image', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 36, maxLength: 36 }),
        fc.subarray([...mirrorAxes]),
        async (values, axes) => {
          const [image, size] = [Float32Array.from(values), [2, 2, 3, 3]];
          expect(await mirrorNetwork(symmetric, axes).predict(image, size)).toEqual(
            await symmetric.predict(image, size),
          );
        },
      ),
    );
  });

  it('gives a symmetric answer to a symmetric image, whatever the network', async () => {
    const image = Float32Array.from([1, 2, 3, 4, 5, 6, 1, 2, 3]);
    const answer = await mirrorNetwork(oneSided, ['x']).predict(image, shape);
    expect(answer[0]).toBe(answer[2]);
    expect((await oneSided.predict(image, shape))[0]).not.toBe((await oneSided.predict(image, shape))[2]);
  });

  it('is the network itself without axes, tells its reason, and closes it', () => {
    expect(mirrorNetwork(oneSided, [])).toBe(oneSided);
    let closed = 0;
    const mirrored = mirrorNetwork(
      {
        ...oneSided,
        close: () => {
          closed++;
        },
      },
      ['y'],
    );
    expect(mirrored.reason).toBe('a fake');
    mirrored.close();
    expect(closed).toBe(1);
  });
});

describe('the axes', () => {
  it('are read in any order', () => {
    expect(parseMirror('y, x')).toEqual(['x', 'y']);
    expect(parseMirror('x,y,z')).toEqual(['x', 'y', 'z']);
  });

  it.each(['', 'w', 'x,x', 'xy', 'x,,y'])('refuse "%s"', (text) => {
    expect(() => parseMirror(text)).toThrow(`Expected --mirror with axes out of x,y,z, each once, found "${text}"`);
  });
});
