/** The graphics card that these tests run on, and plain JavaScript beside it. */
import { describe } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { messageOf } from '../../lib/errors.ts';

/** Why webgpu does not start here. A card that computes wrongly is no reason to skip: its tests shall fail. */
async function whyNone(): Promise<string | undefined> {
  try {
    await startEngine('webgpu');
    return undefined;
  } catch (error) {
    if (/does not load|no graphics card/.test(messageOf(error))) return messageOf(error);
    throw error;
  }
}
const why = await whyNone();

/** Tests of `what` on the card; skipped with the reason where there is none. */
export const onCard = (what: string, declareTests: () => void): void =>
  void describe.skipIf(why)(`${what}${why ? ` (skipped: ${why})` : ' on the graphics card'}`, declareTests);

/** The same work on plain JavaScript and on the card, which runs afterwards. */
export async function onBoth<T>(work: () => Promise<T>): Promise<{ plain: T; card: T }> {
  await startEngine('cpu');
  const plain = await work();
  await startEngine('webgpu');
  return { plain, card: await work() };
}

/** Distance of two long vectors: 1 − cosine between them, and of their largest numbers. */
export function cosineDistance(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  let [product, ourSquare, theirSquare] = [0, 0, 0];
  theirs.forEach((values, i) => {
    values.forEach((value, k) => {
      product += ours[i]![k]! * value;
      ourSquare += ours[i]![k]! ** 2;
      theirSquare += value ** 2;
    });
  });
  return 1 - product / Math.sqrt(ourSquare * theirSquare);
}
