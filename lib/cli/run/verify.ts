import { existsSync, statSync } from 'node:fs';
import { formatReport } from '../../dataset/verify.ts';
import { expected } from '../../errors.ts';
import { writeJson } from '../../io/files.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/verify.ts';
import { verifyNamed } from '../verifyNamed.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [target, partner, ...rest] = operands;
  if (!target || rest.length) throw expected('NAME, FOLDER or IMAGE LABEL', operands.join(' ') || 'nothing');
  if (partner === undefined && existsSync(target) && statSync(target).isFile())
    throw expected('a label file behind the image', `only ${target}`);
  const report = await verifyNamed(target, partner, values);
  if (values.out) await writeJson(values.out, report);
  console.log(values.json ? JSON.stringify(report, null, 2) : formatReport(report));
  return report.totals.errors ? 1 : 0;
}
