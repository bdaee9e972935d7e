import { cleanText, expected, UserError } from '../../errors.ts';
import { writeFileAtomic } from '../../io/files.ts';
import { wouldTouch } from '../../io/insideFolder.ts';
import { volumeName } from '../../scan/volumeNames.ts';
import { openScene } from '../../view/openScene.ts';
import { viewPage } from '../../view/viewPage.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/view.ts';
import { seriesOf } from '../options/series.ts';

/** Refuses a page that would replace what it is made from, lie in a folder of it, or open as something else. */
function checkPlace(out: string, sources: readonly string[]): void {
  if (!/\.html?$/i.test(out)) throw expected('--out to end in .html', 'another name', out);
  const source = sources.find((one) => wouldTouch(out, one));
  if (source !== undefined) throw expected('another place than that of the sources', `a place in ${source}`, out);
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [image, ...rest] = operands;
  const { mask, prediction, value, labels, name } = values;
  if (!image || rest.length > 0) throw new UserError('Expected axunet view IMAGE');
  if (value !== undefined && labels) throw expected('either --value or --labels', 'both');
  if (value !== undefined && mask === undefined) throw expected('--value with --mask', 'no --mask');
  if (labels && mask === undefined && prediction === undefined)
    throw expected('--labels with --mask or --prediction', 'neither');
  const out = values.out ?? `${volumeName(image)}.view.html`;
  checkPlace(
    out,
    [image, mask, prediction].filter((file) => file !== undefined),
  );
  const scene = await openScene({ image, ...seriesOf(values), mask, prediction, value, labels, name });
  for (const warning of scene.warnings) console.error(`axunet view: warning: ${cleanText(image)}: ${warning}`);
  const page = viewPage(scene, { inSpace: values['3d'] });
  await writeFileAtomic(out, page);
  console.log(`Made ${out} (${(page.length / 1e6).toFixed(1)} MB), to be opened in a browser`);
  return 0;
}
