import { expected, UserError } from '../../errors.ts';
import { overlayGrid } from '../../figures/overlayGrid.ts';
import { saveFigure } from '../../figures/saveFigure.ts';
import { volumeOverlay } from '../../figures/volumeOverlay.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/overlay.ts';
import { seriesOf } from '../options/series.ts';

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const { label, mask, out } = values;
  const [image, ...rest] = operands;
  if (!image || rest.length > 0 || !out || (!label && !mask))
    throw new UserError('Expected axunet overlay IMAGE with --label or --mask, and --out DIR');
  const { labels } = values;
  if (labels && values.value !== undefined) throw expected('either --value or --labels', 'both');
  const { cases, dice, warnings } = await volumeOverlay(
    { image, ...seriesOf(values), label, labelValue: values.value, labels, mask },
    values.slices,
  );
  for (const warning of warnings) console.error(`axunet overlay: warning: ${warning}`);
  const inputs = [image, label, mask].filter((file) => file !== undefined);
  const { png } = await saveFigure(
    out,
    'overlay',
    overlayGrid(cases, { classes: labels?.classes.map(({ name }) => name) }),
    {
      inputs,
    },
  );
  const whole = dice === undefined ? '' : `DSC ${dice.toFixed(3)} over the whole volume; `;
  console.log(`${whole}${cases.length} slices in ${png}`);
  return 0;
}
