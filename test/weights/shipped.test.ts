import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { describeShipped, isShippedName, loadShipped, shippedFiles } from '../../lib/weights/shipped.ts';
import { indexName, type ShippedIndex } from '../../lib/weights/shippedIndex.ts';
import { writeShippedExample } from './shippedExample.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-shipped-'));
const at = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let index: ShippedIndex;
beforeEach(async () => {
  index = await writeShippedExample(folder);
});

describe('the networks that come with the project', () => {
  it('have two names', () => {
    expect(['weights', 'small', './weights', 'runs/weights', 'one'].filter(isShippedName)).toEqual([
      'weights',
      'small',
    ]);
  });

  it('are those of the ensemble, or the small one, with what they saw', async () => {
    expect((await shippedFiles('weights', folder)).files).toEqual([at('one.safetensors'), at('two.safetensors')]);
    const [small, ...others] = await loadShipped('small', folder);
    expect(others).toEqual([]);
    expect(small).toMatchObject({ folder: at('small.safetensors'), isOfPictures: true, seen: index.seen });
    expect(small!.sha256).toBe(index.members[2]!.sha256);
    small!.model.dispose();
  });

  it('are refused in one sentence where a file is cut, changed, a pointer of git-lfs, or gone', async () => {
    const file = at('one.safetensors');
    const bytes = readFileSync(file);
    const ask = () => shippedFiles('weights', folder);
    truncateSync(file, 1000);
    await expect(ask()).rejects.toThrow(
      `Expected ${bytes.length} bytes (fetch the repository anew), found 1000 in ${file}`,
    );
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(file, bytes);
    await expect(ask()).rejects.toThrow(/^Expected the SHA-256 [0-9a-f]{12}… of weights\.json .*one\.safetensors$/);
    writeFileSync(file, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n');
    await expect(ask()).rejects.toThrow(/git lfs pull\), found a pointer of git-lfs in .*one\.safetensors$/);
    rmSync(file);
    await expect(ask()).rejects.toThrow(`Expected a network of weights.json, found no such file in ${file}`);
    // The small one does not need the others.
    expect((await shippedFiles('small', folder)).files).toEqual([at('small.safetensors')]);
  });

  it('lie in their folder, whatever the index says', async () => {
    const members = index.members.map((one) => ({ ...one, file: '../outside.safetensors' }));
    writeFileSync(at(indexName), JSON.stringify({ ...index, members }));
    await expect(shippedFiles('small', folder)).rejects.toThrow('Expected a path inside');
  });

  it('are said to be no medical device, and on how many people they were trained', () => {
    const [first, second] = describeShipped(index, 'weights');
    expect(first).toContain('the mean of 2 networks');
    expect(first).toContain('20 single pictures (2-D) of 5 people');
    expect(second).toContain('not a medical device');
    expect(describeShipped(index, 'small')[0]).toContain('the small network');
  });
});
