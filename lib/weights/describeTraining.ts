/** What is said of a trained network wherever it is used. */
import { describeClasses } from '../dataset/classes.ts';
import type { TrainedRun } from '../train/loadRun.ts';

/** On what kind of data a network was trained, for the reader to see whether the volumes are of that kind. */
export function describeTraining({ folder, windowHu, grid, trainedOn, description: { data } }: TrainedRun): string {
  const seen = data.unit === 'px' ? 'pictures' : `window ${windowHu.join(' to ')} HU`;
  const extent = grid.unit === 'px' ? '' : ` over ${grid.extent.map((mm) => Math.round(mm)).join('×')} mm`;
  const whom = trainedOn?.isSynthetic ? ' (synthetic patients)' : '';
  return (
    `${folder}: trained on ${data.dataset}${whom}, mode ${data.mode}, ${seen}, ` +
    `${grid.size.join('×')} pixels${extent}${data.classes ? `, classes ${describeClasses(data.classes)}` : ''}`
  );
}
