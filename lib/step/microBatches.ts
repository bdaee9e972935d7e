/** Micro-batches: a batch in parts that go through the network one after the other. */
import { type Batch, partOfBatch } from '../preprocess/batches.ts';

/** A batch in parts of up to `size` images, each with its share of all images; without a size, the batch as one. */
export function microBatches(batch: Batch, size = batch.n): { part: Batch; share: number }[] {
  if (batch.n <= size) return [{ part: batch, share: 1 }];
  return Array.from({ length: Math.ceil(batch.n / size) }, (_, i) => {
    const part = partOfBatch(batch, i * size, Math.min((i + 1) * size, batch.n));
    return { part, share: part.n / batch.n };
  });
}
