import { startEngine } from 'axunet-engine/engine';
import { cleanText, expected, UserError } from '../../errors.ts';
import { type Progress, slicesText, startProgress } from '../../progress.ts';
import { type ReportRequest, reportOnScan } from '../../report/report.ts';
import { refuseReplacing, reportFiles, writeScanReport } from '../../report/write.ts';
import { volumeName } from '../../scan/volumeNames.ts';
import { isShippedName } from '../../weights/shipped.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/report.ts';
import { seriesOf } from '../options/series.ts';
import { loadNetworks, runsOr, settle } from './networks.ts';

type Values = Call<typeof options>['values'];

const ofNetworks = ['weights', 'threshold', 'postprocess', 'mirror', 'window'] as const;

/** Refuses options that belong to the other source of the mask, which would have no effect. */
function refuseStray(values: Values): void {
  const stray = ofNetworks.find((name) => values[name] !== undefined);
  if (values.mask !== undefined && stray) throw expected(`--${stray} with --run`, '--mask');
  if (values.mask === undefined && (values.value !== undefined || values.labels))
    throw expected('--value and --labels with --mask', '--run');
  if (values.value !== undefined && values.labels) throw expected('either --value or --labels', 'both');
}

async function networksOf(values: Values): Promise<NonNullable<ReportRequest['networks']>> {
  const names = runsOr(values.run);
  const chosen = await settle(names, values.threshold, values.postprocess);
  await startEngine();
  const runs = await loadNetworks(names, values.weights);
  let progress: Progress | undefined;
  const onProgress = (done: number, total: number, slices: number): void => {
    progress ??= startProgress('report', total, process.stdout, (at, all) => slicesText(at, all, slices));
    progress.update(done);
    if (done === total) progress.finish(`report: ${total} slices looked at`);
  };
  return { runs, ...chosen, mirror: values.mirror, windowHu: values.window, onProgress };
}

export async function run({ values, operands }: Call<typeof options>): Promise<number> {
  const [image, ...rest] = operands;
  const { run: folders, mask, out, name } = values;
  if (!image || rest.length > 0 || !out || (folders.length > 0 && mask !== undefined))
    throw new UserError('Expected axunet report SCAN --out DIR, and at most one of --run and --mask');
  refuseStray(values);
  const files = reportFiles(out, name ?? volumeName(image));
  await refuseReplacing(files, [
    image,
    ...folders.filter((run) => !isShippedName(run)),
    ...(mask === undefined ? [] : [mask]),
  ]);
  const source =
    mask === undefined
      ? { networks: await networksOf(values) }
      : { mask: { file: mask, labelValue: values.value, labels: values.labels } };
  const made = await reportOnScan({ image, ...seriesOf(values), name, slices: values.slices, ...source });
  await writeScanReport(made, files);
  for (const warning of made.report.warnings) console.error(`axunet report: warning: ${cleanText(image)}: ${warning}`);
  const { whole } = made.report.measures;
  console.log(`${whole.volumeMl.toFixed(2)} ml in ${whole.voxels} voxels; report in ${files.html}, .png and .json`);
  return 0;
}
