import { cleanText, messageOf, UserError } from '../../errors.ts';
import { mergeShards } from '../../shards/merge.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/merge.ts';

/** Merges one folder; whether all its cases are in the result. */
async function mergeFolder(folder: string, allowFailed: boolean): Promise<boolean> {
  try {
    const { command, shards, cases, failed, files } = await mergeShards(folder, { allowFailed });
    for (const { id, reason } of failed)
      console.error(`axunet merge: ${folder}: case ${cleanText(id)} is left out: ${cleanText(reason)}`);
    console.log(`${folder}: ${cases} cases of ${shards} shards of axunet ${command} in ${files.join(', ')}`);
    return failed.length === 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`axunet merge: ${messageOf(error)}`);
    return false;
  }
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  if (operands.length === 0) throw new UserError('Expected axunet merge DIR..., the folders that shards were made in');
  let isWhole = true;
  for (const folder of operands) isWhole = (await mergeFolder(folder, values.allowFailed)) && isWhole;
  return isWhole ? 0 : 1;
}
