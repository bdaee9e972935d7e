/** The measured part of docs/benchmarks.md on paper-size. */
import { growth, type PaperSizeRecord, type StageRecord, total } from './record.ts';
import { width, windowPixels } from './stages.ts';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (heading: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(heading), row(heading.map(() => '---')), ...rows.map(row)].join('\n');

const count = (value: number): string => value.toLocaleString('en-GB');
const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
/** Seconds, minutes, hours or days, whichever reads best. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  if (seconds < 6000) return `${digits(seconds / 60)} min`;
  return seconds < 172_800 ? `${digits(seconds / 3600)} h` : `${digits(seconds / 86_400)} days`;
}

function stageTable({ stages, volumes }: PaperSizeRecord): string {
  const rows = stages.map((stage) => [
    `\`${stage.name}\``,
    duration(stage.seconds),
    (stage.seconds / volumes).toFixed(2),
    duration(stage.cpuS),
    count(stage.peakMb),
    growth(stage)?.toFixed(2) ?? '–',
    count(Math.round(stage.diskMb)),
  ]);
  const cpu = stages.reduce((sum, { cpuS }) => sum + cpuS, 0);
  const peak = Math.max(...stages.map(({ peakMb }) => peakMb));
  const disk = stages.reduce((sum, { diskMb }) => sum + diskMb, 0);
  const all = total(stages);
  const last = [
    'all',
    duration(all),
    (all / volumes).toFixed(2),
    duration(cpu),
    count(peak),
    '',
    count(Math.round(disk)),
  ];
  return table(
    ['stage', 'time', 's a volume', 'processor time', 'peak MiB', 'last third / middle third', 'MB written'],
    [...rows, last],
  );
}

function comparisonText({ comparison }: PaperSizeRecord): string[] {
  if (!comparison) return [];
  const { ours, python } = comparison;
  const pairs = ours.flatMap((stage) => {
    const peer = python.find(({ name }) => name === stage.name);
    return peer ? [{ name: `\`${stage.name}\``, a: stage, b: peer }] : [];
  });
  const cpu = (stages: readonly { cpuS: number }[]): number => stages.reduce((sum, { cpuS }) => sum + cpuS, 0);
  const line = (name: string, a: number, b: number, cpuA: number, cpuB: number): string[] => [
    name,
    ...[a, b].map(duration),
    (a / b).toFixed(2),
    ...[cpuA, cpuB].map(duration),
  ];
  const rows = pairs.map(({ name, a, b }) => line(name, a.seconds, b.seconds, a.cpuS, b.cpuS));
  return [
    `Beside it ${comparison.volumes} of the volumes (${count(comparison.slices)} slices with pancreas), each side ` +
      `once, load before ${comparison.load}; ours with the start of a program a stage, the script as one program:`,
    table(
      ['stage', 'ours', 'Python', 'ratio', 'processors, ours', 'Python'],
      [...rows, line('all', total(ours), total(python), cpu(ours), cpu(python))],
    ),
    `The script uses ${comparison.libraries}; its peak was ${count(comparison.pythonPeakMb)} MiB.`,
  ];
}

/** Public sets that are larger: https://doi.org/10.5281/zenodo.10599559, https://github.com/MrGiovanni/PanTS */
const larger = [
  { name: 'PANORAMA', scans: 2238 },
  { name: 'PanTS', scans: 36_390 },
] as const;
const nodes = 100;
const epochs = 50;
/** US dollars an hour of two cores and 8 GB: an assumption about rented machines, nothing measured. */
const nodePrice = 0.1;

/** What the measured seconds come to on larger sets, if scans are as large as these. */
function largerText(record: PaperSizeRecord): string[] {
  const find = (name: StageRecord['name']): StageRecord | undefined => record.stages.find((one) => one.name === name);
  const [train, preprocess] = [find('train'), find('preprocess')];
  if (!train || !preprocess || record.stages.length < 6) return [];
  const byScan = (total(record.stages) - train.seconds) / record.volumes;
  const epoch = train.seconds / record.volumes;
  const rows = larger.map(({ name, scans }) => {
    const [all, training] = [scans * byScan, scans * epoch * epochs];
    const hours = (all + 5 * training) / 3600;
    return [
      `${name}, ${count(scans)} scans`,
      duration(all),
      duration(all / nodes),
      duration(training),
      `${((scans * preprocess.diskMb) / record.volumes / 1e6).toFixed(1)} TB`,
      `${count(Math.round(hours))} h, ${count(Math.round(hours * nodePrice))} $`,
    ];
  });
  return [
    `On paper, from these numbers: all but training shares out by scan (\`--shard\`), a training of ${epochs} epochs ` +
      `runs on one node, five folds on five. A node has two cores; ${nodePrice.toFixed(2)} $ an hour is assumed.`,
    table(
      [
        'set',
        'all but training, one node',
        `${nodes} nodes`,
        'one training',
        'slices on disk',
        'hours of nodes, five folds',
      ],
      rows,
    ),
  ];
}

/** Everything that was measured, in Markdown. */
export function measuredText(record: PaperSizeRecord): string {
  const { volumes, slices, keptSlices, cohortMb, machine, node, memoryGb, stages } = record;
  const loads = stages.map(({ load }) => load);
  const kept = keptSlices === undefined ? '' : `, of which preprocessing kept ${count(keptSlices)}`;
  return [
    `${volumes} volumes of 512 × 512 pixels, ${count(slices)} slices${kept}; ${count(Math.round(cohortMb))} MB of ` +
      `.nii.gz. ${machine}, ${memoryGb} GiB, Node ${node}; load before the stages ${Math.min(...loads)} to ` +
      `${Math.max(...loads)}. Training is one epoch at width ${width} on windows of ${windowPixels} × ${windowPixels}.`,
    stageTable(record),
    ...comparisonText(record),
    ...largerText(record),
  ].join('\n\n');
}
