/** The measured tables of time-to-dice in docs/benchmarks.md. */
import { type DiceRecord, finishedFolds, levelTable, nnunetTable } from './time-to-dice-record.ts';

const ms = (seconds: number): string => `${(1000 * seconds).toFixed(0)} ms`;

/** How the peer ran best, and what other ways took. */
function wayLines({ probe }: DiceRecord): string[] {
  return probe.peer.map((way) => {
    const compiled = `torch.compile, ${way.cached ? 'compiled before' : 'compiled anew'}`;
    const words = [way.layout, way.worker ? 'worker' : 'one process', ...(way.compiled ? [compiled] : [])];
    return `| PyTorch, ${words.join(', ')} | ${ms(way.stepS)} | ${way.firstStepS.toFixed(1)} s |`;
  });
}

/** Everything that was measured, in Markdown. */
export function measuredText(record: DiceRecord): string {
  const { probe, machine, threads, config, folds, node } = record;
  const loads = finishedFolds(folds).flatMap(({ ours, peer }) => [ours.load, peer.load]);
  const [least, most] = [Math.min(...loads), Math.max(...loads)];
  const loadWords = loads.length > 0 ? `, load before each training ${least} to ${most}` : '';
  const names = finishedFolds(folds)[0];
  return [
    `${config.epochs} epochs, ${threads} threads; ${machine}, Node ${node}${loadWords}. Seconds are ours / PyTorch:`,
    levelTable(folds),
    ...(names ? [`Ours is ${names.ours.name}, the peer ${names.peer.name}.`] : []),
    [
      '| a training step, before the folds | mean | until the first step is done |',
      '|---|---|---|',
      `| ours | ${ms(probe.ours.stepS)} | ${probe.ours.firstStepS.toFixed(1)} s |`,
      ...wayLines(record),
    ].join('\n'),
    ...(nnunetTable(folds) ? ['nnU-Net in the time that ours took:', nnunetTable(folds)] : []),
  ].join('\n\n');
}
