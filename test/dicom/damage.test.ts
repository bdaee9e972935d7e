/** Damaged files are read or refused in a sentence, whatever the damage: 10,000 of them, of every packing. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { UserError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { damageBytes } from '../fuzz/mutate.ts';
import { dicomExamples } from './examples.ts';
import { temporaryFolders } from './folder.ts';

const folderOf = temporaryFolders();

/** Files that are tried; 10,000 where everything is to be tested. */
const count = process.env.AXUNET_TEST_ALL ? 10_000 : 2000;

it('damaged files are read as volumes of numbers or refused in a sentence that names the file', async () => {
  const examples = Object.entries(await dicomExamples());
  const file = path.join(folderOf(), 'x.dcm');
  const faults: string[] = [];
  let refused = 0;
  for (let n = 0; n < count; n++) {
    const [name, bytes] = examples[n % examples.length]!;
    writeFileSync(file, damageBytes(bytes, Random.stream(5, 'dicom', n)));
    try {
      const { data, shape, affine } = await readDicom(file);
      if (data.length !== shape[0] * shape[1] * shape[2] || !affine.every(Number.isFinite))
        faults.push(`${name} ${n}: odd volume`);
    } catch (error) {
      refused++;
      const isGood = error instanceof UserError && error.message.includes('x.dcm');
      if (!isGood) faults.push(`${name} ${n}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  expect(faults.slice(0, 5)).toEqual([]);
  expect(refused).toBeGreaterThan(count / 5);
}, 300_000);
