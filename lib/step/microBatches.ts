/** Micro-batches: a batch in parts that go through the network one after the other. */
import type { Batch } from '../preprocess/batches.ts';

/**
 * A batch in parts of up to `size` images, on the same memory, each with its share of all images; without a size, the
 * batch as one.
 */
export function microBatches(batch: Batch, size = batch.n): { part: Batch; share: number }[] {
  const { n: all, images, labels, ids } = batch;
  if (all <= size) return [{ part: batch, share: 1 }];
  return Array.from({ length: Math.ceil(all / size) }, (_, i) => {
    const [from, to] = [i * size, Math.min((i + 1) * size, all)];
    const cut = <T extends Float32Array | Uint8Array>(values: T): T =>
      values.subarray((from * values.length) / all, (to * values.length) / all) as T;
    const part = { ...batch, n: to - from, images: cut(images), labels: cut(labels), ids: ids.slice(from, to) };
    return { part, share: part.n / all };
  });
}
