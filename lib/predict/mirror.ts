/** Mirroring at test time: the network also sees the images flipped, and the answers, flipped back, are averaged. */
import { expected } from '../errors.ts';
import type { ForegroundNetwork } from './slices.ts';

/**
 * `x`: left and right of the patient, `y`: front and back, `z`: feet and head, which for slices with their neighbours
 * as channels means that the neighbours change places.
 */
export const mirrorAxes = ['x', 'y', 'z'] as const;
/** An axis along which the input is flipped for averaging. */
export type MirrorAxis = (typeof mirrorAxes)[number];

/**
 * Reads `x,y` into axes, in the order x, y, z. Throws a UserError for an unknown axis, one that is given twice, and
 * none.
 */
export function parseMirror(text: string): MirrorAxis[] {
  const given = text.split(',').map((part) => part.trim());
  const isValid = given.every(
    (axis, i) => (mirrorAxes as readonly string[]).includes(axis) && given.indexOf(axis) === i,
  );
  if (!isValid) throw expected('--mirror with axes out of x,y,z, each once', `"${text}"`);
  return mirrorAxes.filter((axis) => given.includes(axis));
}

/** Images NHWC [n, h, w, c] flipped along the given axes, a new array; twice the same flips give the images back. */
export function flipImages(
  images: Float32Array,
  [n, height, width, channels]: readonly number[],
  axes: readonly MirrorAxis[],
): Float32Array {
  const [x, y, z] = mirrorAxes.map((axis) => axes.includes(axis));
  const out = new Float32Array(images.length);
  let p = 0;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < height; row++) {
      const from = (image * height + (y ? height - 1 - row : row)) * width;
      for (let column = 0; column < width; column++) {
        const pixel = (from + (x ? width - 1 - column : column)) * channels;
        for (let c = 0; c < channels; c++) out[p++] = images[pixel + (z ? channels - 1 - c : c)];
      }
    }
  }
  return out;
}

/** Every choice out of the axes, the empty one first: 2, 4 or 8 versions of an image. */
export const mirrorVersions = (axes: readonly MirrorAxis[]): MirrorAxis[][] =>
  axes.reduce<MirrorAxis[][]>(
    (versions, axis) => [...versions, ...versions.map((version) => [...version, axis])],
    [[]],
  );

/**
 * The network whose answer is the mean over all versions of its input that flips along `axes` give; without axes the
 * network itself. Takes as many times longer as there are versions. Closing it closes the network.
 */
export function mirrorNetwork(network: ForegroundNetwork, axes: readonly MirrorAxis[]): ForegroundNetwork {
  if (axes.length === 0) return network;
  const versions = mirrorVersions(axes);
  return {
    get reason() {
      return network.reason;
    },
    async predict(images, shape) {
      let sum: Float32Array | undefined;
      for (const version of versions) {
        const answer = await network.predict(version.length ? flipImages(images, shape, version) : images, shape);
        sum ??= new Float32Array(answer.length);
        const answerShape = [...shape.slice(0, 3), (answer.length * shape[3]) / images.length];
        // the classes of an answer are no neighbouring slices: they stay where they are
        const inPlane = version.filter((axis) => axis !== 'z');
        const back = inPlane.length ? flipImages(answer, answerShape, inPlane) : answer;
        for (let p = 0; p < sum.length; p++) sum[p] += back[p];
      }
      return sum!.map((v) => v / versions.length);
    },
    close: () => network.close(),
  };
}
