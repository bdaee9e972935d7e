import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexName, readShippedIndex, type ShippedIndex } from '../../lib/weights/shippedIndex.ts';
import { writeShippedExample } from './shippedExample.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (value: unknown): void => writeFileSync(path.join(folder, indexName), JSON.stringify(value));

describe('the index of the networks', () => {
  let index: ShippedIndex;
  beforeAll(async () => {
    index = await writeShippedExample(folder);
  });

  it('comes back as it was written', async () => {
    write(index);
    expect(await readShippedIndex(folder)).toEqual(index);
  });

  it('says what to do where there is none', async () => {
    const empty = path.join(folder, 'nowhere');
    await expect(readShippedIndex(empty)).rejects.toThrow(
      'Expected the networks of this project (they come with the repository; `npm run weights` makes them, or give ' +
        `--run RUN with your own), found no weights.json in ${empty}`,
    );
  });

  it('is refused where it names a network that it does not have, averages none, or has no checksum', async () => {
    write({ ...index, small: 'tiny' });
    await expect(readShippedIndex(folder)).rejects.toThrow(
      'Expected a network called tiny among the members, found none',
    );
    write({ ...index, ensemble: [] });
    await expect(readShippedIndex(folder)).rejects.toThrow('Expected an ensemble of one network or more');
    write({ ...index, members: [{ ...index.members[0], sha256: 'none' }] });
    await expect(readShippedIndex(folder)).rejects.toThrow('members[0].sha256 is 64 hexadecimal digits');
  });
});
