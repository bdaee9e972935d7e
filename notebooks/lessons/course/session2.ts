/** Session 2 of the course, training, scores and leakage: its exercises and its order. */
import { scoreMasks } from 'axunet/evaluate/metrics';
import { addCounts, dice, noCounts, type OverlapCounts } from 'axunet/evaluate/overlap';
import { bestEpoch } from 'axunet/figures/trainingCurves';
import { connectedComponents, largestComponent } from 'axunet/volume/components';
import { voxelVolumeMl } from 'axunet/volume/volume';
import { aLetter, aNumber, type Exercise, someOf } from './exercise.ts';
import { canonicalPatient, twoPredictions } from './material.ts';
import { courseCurves, diceByThreshold, goOn, predictedMask, sides, slicesOfPatient } from './network.ts';
import type { CourseSession } from './session.ts';
import { type DealtSlice, dealtSlices, leakageScores } from './tables.ts';

/** How many patients have slices in more than one fold. */
function patientsOnBothSides(slices: readonly DealtSlice[]): number {
  const folds = new Map<string, Set<number>>();
  for (const { patient, fold } of slices) folds.set(patient, (folds.get(patient) ?? new Set<number>()).add(fold));
  return [...folds.values()].filter((own) => own.size > 1).length;
}

export const whoLeaks: Exercise = {
  id: '2.1',
  title: 'Who is on both sides?',
  minutes: 6,
  story:
    '199 real slices of 43 patients were dealt into four folds at random, slice by slice. Each fold is tested once ' +
    'by a network that learned from the other three. A patient with slices in two folds is known to the network ' +
    'that is tested on her.',
  task: 'How many of the 43 patients have slices in **more than one** fold?',
  given: [
    'const slices = await course.dealtSlices();',
    'ax.toTable(slices.slice(0, 4)).show();',
    'const foldsOf = (patient: string) => slices.filter((one) => one.patient === patient).map((one) => one.fold);',
    'const patients = [...new Set(slices.map((one) => one.patient))];',
  ].join('\n'),
  name: 'leaking',
  solution: 'const leaking = patients.filter((patient) => new Set(foldsOf(patient)).size > 1).length;',
  form: aNumber('', { within: 0.1 }),
  answer: async () => patientsOnBothSides(await dealtSlices()),
  mistakes: [
    {
      mistake: 'Gives the number of patients.',
      answer: async () => new Set((await dealtSlices()).map(({ patient }) => patient)).size,
      hint: 'That is the number of all patients. A few have all their slices in one fold.',
    },
    {
      mistake: 'Counts slices instead of patients.',
      answer: async () => {
        const slices = await dealtSlices();
        const folds = (patient: string) => new Set(slices.filter((s) => s.patient === patient).map((s) => s.fold)).size;
        return slices.filter(({ patient }) => folds(patient) > 1).length;
      },
      hint: 'That is a number of slices. People are asked for.',
    },
    {
      mistake: 'Counts the patients who are on one side only.',
      answer: async () => {
        const slices = await dealtSlices();
        return new Set(slices.map(({ patient }) => patient)).size - patientsOnBothSides(slices);
      },
      hint: 'These are the patients who do not leak.',
    },
  ],
  hint: 'For each patient: how many different folds are there?',
  more: 'A `Set` of the folds of a patient has the size 1 where all slices lie in one fold.',
  why: 'Almost every test patient was seen in training. The split must be by patient.',
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const leaked = async (): Promise<number> => {
  const scores = await leakageScores();
  return mean(scores.map(({ bySlice, byPatient }) => bySlice - byPatient));
};

export const priceOfLeakage: Exercise = {
  id: '2.2',
  title: 'What leakage is worth',
  minutes: 5,
  story:
    'The same slices, the same network, the same number of epochs: once dealt by slice, once by patient. `bySlice` ' +
    'and `byPatient` are the DSC of each patient, slices pooled.',
  task: 'By how much is the mean DSC of a patient **higher** when slices were dealt at random?',
  given: 'const scores = await course.leakageScores();\nax.toTable(scores.slice(0, 4)).show();',
  name: 'gain',
  solution: [
    'const differences = scores.map(({ bySlice, byPatient }) => bySlice - byPatient);',
    'const gain = differences.reduce((sum, d) => sum + d, 0) / differences.length;',
  ].join('\n'),
  form: aNumber('', { within: 0.001 }),
  answer: leaked,
  mistakes: [
    {
      mistake: 'Subtracts the other way round.',
      answer: async () => -(await leaked()),
      hint: 'The sign says which of the two is higher.',
    },
    {
      mistake: 'Gives the mean of one of the two.',
      answer: async () => mean((await leakageScores()).map(({ bySlice }) => bySlice)),
      hint: 'That is the mean with leakage. What is it without, for the same patients?',
    },
    {
      mistake: 'Adds the differences up and does not divide.',
      answer: async () => (await leaked()) * (await leakageScores()).length,
      hint: 'That is the sum over all patients.',
    },
    {
      mistake: 'Takes the sizes of the differences, whatever their sign.',
      answer: async () => mean((await leakageScores()).map((s) => Math.abs(s.bySlice - s.byPatient))),
      hint: 'In some patients the difference goes the other way. What happens to them in your sum?',
    },
  ],
  hint: 'Both numbers of a patient belong together: take the difference first, then the mean.',
  more: 'The mean over the 43 patients of `bySlice − byPatient`.',
  why: 'Papers are won by smaller differences than this one, and it is no skill: a new patient gets the lower number.',
};

const bestOfRun: Exercise = {
  id: '2.3',
  title: 'Reading a learning curve',
  minutes: 4,
  story:
    'A network learned from two patients only, again and again. `loss` is what training makes small, on these two; ' +
    '`dice` is the mean DSC of four others (validation), who were looked at after every second epoch.',
  task: 'After which **epoch** was the DSC of the validation patients highest?',
  given: [
    'const { overfitted } = await course.courseCurves();',
    'const rows = overfitted.filter((one) => one.validation);',
    'const curve = rows.map(({ epoch, loss, validation }) => ({ epoch, loss, dice: validation!.dice }));',
    'ax.toTable(curve).show();',
  ].join('\n'),
  name: 'epoch',
  solution: 'const epoch = [...curve].sort((a, b) => b.dice - a.dice)[0].epoch;',
  form: aNumber('', { within: 0.1 }),
  answer: async () => bestEpoch((await courseCurves()).overfitted)!.epoch,
  mistakes: [
    {
      mistake: 'Takes the last epoch, where the training loss is lowest.',
      answer: async () => (await courseCurves()).overfitted.at(-1)!.epoch,
      hint: 'There the training loss is lowest: the network knows its two patients best. The others are asked for.',
    },
    {
      mistake: 'Gives the place in the list instead of the epoch.',
      answer: async () => {
        const { overfitted } = await courseCurves();
        return overfitted.filter((e) => e.validation).indexOf(bestEpoch(overfitted)!);
      },
      hint: 'That is a place in the list. Not every epoch was validated, and lists count from 0.',
    },
    {
      mistake: 'Gives the DSC.',
      answer: async () => bestEpoch((await courseCurves()).overfitted)!.validation.dice,
      hint: 'That is the DSC there. The epoch is asked for.',
    },
  ],
  hint: 'Look at `dice`, and then at the epoch of that row.',
  more: 'Sort `curve` by `dice`, the highest first.',
  why:
    'If you pick the best epoch by these patients, their score is too good: the test needs patients who picked ' +
    'nothing.',
};

const whatCurvesSay: Exercise = {
  id: '2.4',
  title: 'What do these curves say?',
  minutes: 3,
  story: '',
  task: [
    'Which sentence describes the run of the exercise above?',
    '',
    'A: it learned too little: more epochs would help',
    'B: it knows its training patients by heart, and that does not help others',
    'C: validation patients were also trained on',
    'D: the learning rate is so high that training falls apart',
  ].join('\n\n'),
  given: 'const { overfitted } = await course.courseCurves();\nawait ax.showFigure(ax.trainingCurves(overfitted));',
  name: 'letter',
  solution: "const letter = 'B';",
  form: aLetter('ABCD'),
  answer: () => 'B',
  mistakes: [
    {
      mistake: 'A: underfitting.',
      answer: () => 'A',
      hint: 'What did the last epochs do to the patients that it does not learn from?',
    },
    {
      mistake: 'C: leakage.',
      answer: () => 'C',
      hint: 'With leakage the right panel would go on rising while the left one falls.',
    },
    {
      mistake: 'D: a learning rate that is too high.',
      answer: () => 'D',
      hint: 'Then the loss would jump and not settle. Does it fall?',
    },
  ],
  hint: 'Compare the two panels: one goes on getting better, the other does not.',
  more: 'The loss of the two falls to the very end; the DSC of the others had its peak before that and falls.',
  why: 'More patients, augmentation or an earlier end help against it; more epochs do not.',
};

const poolOf = (slices: readonly OverlapCounts[]): number => dice(slices.reduce(addCounts, noCounts));

const pooledDice: Exercise = {
  id: '2.5',
  title: 'One score for a patient',
  minutes: 6,
  story:
    'The half-trained network was asked about patient 5, slice by slice. For each slice there are counts: tp, fp ' +
    'and fn. A DSC **of the patient** pools: counts are added over all slices before the ratio is taken, so that a ' +
    'slice with five pixels of organ does not weigh as much as one with five hundred.',
  task: 'Compute the pooled DSC of patient 5.',
  given: [
    'const slices = await course.slicesOfPatient(5);',
    'const total = (key: "tp" | "fp" | "fn") => slices.reduce((sum, one) => sum + one[key], 0);',
    'console.log(`${slices.length} slices, tp ${total("tp")}, fp ${total("fp")}, fn ${total("fn")}`);',
  ].join('\n'),
  name: 'pooled',
  solution: 'const pooled = (2 * total("tp")) / (2 * total("tp") + total("fp") + total("fn"));',
  form: aNumber('', { within: 0.005 }),
  answer: async () => poolOf(await slicesOfPatient(5)),
  varies: true,
  mistakes: [
    {
      mistake: 'Takes the mean DSC of all slices; empty ones count as 1.',
      answer: async () => mean((await slicesOfPatient(5)).map(dice)),
      hint: 'That is a mean over slices. One without organ counts 1 or 0 there, by a single false pixel.',
    },
    {
      mistake: 'Takes the mean DSC of the slices that show organ.',
      answer: async () => mean((await slicesOfPatient(5)).filter(({ tp, fn }) => tp + fn > 0).map(dice)),
      hint:
        'That is a mean over slices: the thin ends of the organ weigh as much as its middle. And false alarms in ' +
        'slices without organ are not in it.',
    },
    {
      mistake: 'Computes Jaccard (IoU).',
      answer: async () => {
        const pooled = poolOf(await slicesOfPatient(5));
        return pooled / (2 - pooled);
      },
      hint: 'That is tp / (tp + fp + fn), Jaccard. In the DSC tp counts twice.',
    },
    {
      mistake: 'Computes the recall.',
      answer: async () => {
        const { tp, fn } = (await slicesOfPatient(5)).reduce(addCounts, noCounts);
        return tp / (tp + fn);
      },
      hint: 'False positives are missing: that is the recall.',
    },
  ],
  hint: 'Add tp, fp and fn over the slices first.',
  more: '2 tp / (2 tp + fp + fn) of the three totals that are printed.',
  why: 'Ask of every published DSC: pooled by patient, or a mean over slices, and with which slices?',
};

const bestThreshold = (rows: readonly { threshold: number; dice: number }[]): number =>
  rows.reduce((best, row) => (row.dice > best.dice ? row : best)).threshold;

const chooseThreshold: Exercise = {
  id: '2.6',
  title: 'Choosing a threshold',
  minutes: 5,
  story:
    'A network gives probabilities; a mask needs a threshold. Patients 3 and 4 are for choosing (validation), 5 and ' +
    '6 for judging (test). The table has the mean DSC of both pairs at each threshold.',
  task: 'Which **threshold** would you use for the test patients?',
  given: [
    'const validation = await course.diceByThreshold(course.sides.validation);',
    'const test = await course.diceByThreshold(course.sides.test);',
    'ax.toTable(validation.map((row, i) => ({ ...row, test: test[i].dice }))).show();',
  ].join('\n'),
  name: 'threshold',
  solution: 'const threshold = [...validation].sort((a, b) => b.dice - a.dice)[0].threshold;',
  form: aNumber('', { within: 0.01 }),
  answer: async () => bestThreshold(await diceByThreshold(sides.validation)),
  varies: true,
  mistakes: [
    {
      mistake: 'Takes the one that is best for the test patients.',
      answer: async () => bestThreshold(await diceByThreshold(sides.test)),
      hint: 'For whom is this one best? Those patients are the judges.',
    },
    {
      mistake: 'Takes the one that is worst.',
      answer: async () =>
        (await diceByThreshold(sides.validation)).reduce((worst, row) => (row.dice < worst.dice ? row : worst))
          .threshold,
      hint: 'There the DSC is lowest.',
    },
  ],
  hint: 'Which patients may choose?',
  more: 'Take the threshold with the highest DSC in the column of the validation patients.',
  why: 'Often 0.5 is not the best one. What the choice is worth, only patients who did not choose can tell.',
};

const withoutIslands = async (): Promise<{ before: number; after: number; voxelMl: number; parts: number }> => {
  const { label } = await canonicalPatient(5);
  const mask = await predictedMask(5);
  return {
    before: mask.filter(Boolean).length,
    after: largestComponent(mask, label.shape).filter(Boolean).length,
    voxelMl: voxelVolumeMl(label),
    parts: connectedComponents(mask, label.shape).voxels.length,
  };
};

const removeIslands: Exercise = {
  id: '2.7',
  title: 'Cleaning a mask',
  minutes: 5,
  story:
    'A pancreas is one piece; a prediction often is not. The usual cleaning keeps the largest connected component: ' +
    '`ax.largestComponent(mask, shape)` gives a new mask.',
  task: 'How many **ml** does this cleaning take away from the mask of patient 5?',
  given: [
    'const { label } = await course.canonicalPatient(5);',
    'const mask = await course.predictedMask(5);',
    'const voxels = (one: Uint8Array) => one.filter((value) => value > 0).length;',
  ].join('\n'),
  name: 'removedMl',
  solution: [
    'const kept = ax.largestComponent(mask, label.shape);',
    'const removedMl = (voxels(mask) - voxels(kept)) * ax.voxelVolumeMl(label);',
  ].join('\n'),
  form: aNumber('ml', { share: 0.03 }),
  answer: async () => {
    const { before, after, voxelMl } = await withoutIslands();
    return (before - after) * voxelMl;
  },
  varies: true,
  mistakes: [
    {
      mistake: 'Gives voxels.',
      answer: async () => {
        const { before, after } = await withoutIslands();
        return before - after;
      },
      hint: 'That is a number of voxels.',
    },
    {
      mistake: 'Gives what is kept.',
      answer: async () => {
        const { after, voxelMl } = await withoutIslands();
        return after * voxelMl;
      },
      hint: 'That is what is left.',
    },
    {
      mistake: 'Counts the pieces.',
      answer: async () => (await withoutIslands()).parts - 1,
      hint: 'That is the number of islands. How large are they together?',
    },
    {
      mistake: 'Gives the volume of the mask before cleaning.',
      answer: async () => {
        const { before, voxelMl } = await withoutIslands();
        return before * voxelMl;
      },
      hint: 'That is the mask before cleaning.',
    },
  ],
  hint: 'Voxels before, minus voxels after, times the size of a voxel in ml.',
  more: '`ax.voxelVolumeMl(label)` is the size of a voxel.',
  why: 'Where an organ is left in two pieces, the same step throws half of it away: show scores before and after.',
};

const metricNames = ['dice', 'nsd2', 'hd95PooledMm', 'hausdorffMm'] as const;
type Better = (name: (typeof metricNames)[number], shifted: number, island: number) => boolean;
const isLower = (name: string): boolean => name.endsWith('Mm');

type Scores = Readonly<Record<(typeof metricNames)[number], number>>;
let scoresOfTwo: Promise<readonly [shifted: Scores, island: Scores]> | undefined;

async function scoreTwo(): Promise<readonly [Scores, Scores]> {
  const { reference, shifted, island } = await twoPredictions();
  const score = (mask: Uint8Array) => scoreMasks(mask, reference.data, reference.shape, reference.spacingMm).values;
  return [score(shifted), score(island)];
}

/** The metrics by which the shifted mask is the better one. */
async function preferShifted(isBetter: Better): Promise<string[]> {
  scoresOfTwo ??= scoreTwo();
  const [shifted, island] = await scoresOfTwo;
  return metricNames.filter((name) => isBetter(name, shifted[name], island[name]));
}

export const whichMetric: Exercise = {
  id: '2.8',
  title: 'Two masks, four metrics',
  minutes: 6,
  story:
    'Two predictions for patient 1: `shifted` is the whole organ one voxel to the side; `island` is perfect but for ' +
    'a cube of 3 × 3 × 3 voxels far away. DSC counts voxels. NSD counts how much of both surfaces lies within 2 mm ' +
    'of each other. The Hausdorff distance (HD) is the largest distance between the surfaces, HD95 leaves the ' +
    'largest 5 % of them out. Mind the direction: DSC and NSD are better when higher, HD and HD95 when lower.',
  task: 'By which of these metrics is `shifted` the **better** mask? Answer with a list of names from the table.',
  given: [
    'const { reference, shifted, island } = await course.twoPredictions();',
    'const score = (mask: Uint8Array) => ax.scoreMasks(mask, reference.data, reference.shape, ' +
      'reference.spacingMm).values;',
    "const names = ['dice', 'nsd2', 'hd95PooledMm', 'hausdorffMm'] as const;",
    'const [a, b] = [score(shifted), score(island)];',
    'ax.toTable(names.map((metric) => ({ metric, shifted: a[metric], island: b[metric] }))).show();',
  ].join('\n'),
  name: 'metrics',
  solution: "const metrics = ['hausdorffMm'];",
  form: someOf(metricNames),
  answer: () => preferShifted((name, shifted, island) => (isLower(name) ? shifted < island : shifted > island)),
  mistakes: [
    {
      mistake: 'Takes every metric for one that is better when higher.',
      answer: () => preferShifted((_, shifted, island) => shifted > island),
      hint: 'A distance is better when it is small.',
    },
    {
      mistake: 'Names all but the Hausdorff distance: reads the question the other way round.',
      answer: () => preferShifted((name, shifted, island) => (isLower(name) ? shifted > island : shifted < island)),
      hint: 'By these the island is the better mask.',
    },
    {
      mistake: 'Adds HD95, as if it saw the island as HD does.',
      answer: () => ['hausdorffMm', 'hd95PooledMm'],
      hint: 'Look at HD95 in the table: the island is less than 5 % of the surface.',
    },
  ],
  hint: 'Go line by line: which value is better, given the direction of the metric?',
  more: 'Only a metric that looks at the farthest point of all notices the island.',
  why: 'Each metric is blind to something. Report an overlap and a distance, and name the definition of HD95.',
};

const emptyCases: readonly OverlapCounts[] = [
  { tp: 0, fp: 0, fn: 0, tn: 1000 },
  { tp: 0, fp: 5, fn: 0, tn: 995 },
  { tp: 80, fp: 0, fn: 20, tn: 900 },
];

const emptyMasks: Exercise = {
  id: '2.9',
  title: 'Empty masks',
  minutes: 5,
  story:
    'Three slices. The first shows no organ and nothing was found; the second shows none and five pixels were ' +
    'found; of the third 80 of 100 pixels were found. By our rule two empty masks agree: their DSC is 1.',
  task: 'What is the **mean DSC of the three slices** by this rule?',
  given: [
    'const slices = [',
    '  { tp: 0, fp: 0, fn: 0 },',
    '  { tp: 0, fp: 5, fn: 0 },',
    '  { tp: 80, fp: 0, fn: 20 },',
    '];',
  ].join('\n'),
  name: 'meanDice',
  solution: [
    'const dice = slices.map(({ tp, fp, fn }) => (tp + fp + fn === 0 ? 1 : (2 * tp) / (2 * tp + fp + fn)));',
    'const meanDice = dice.reduce((sum, d) => sum + d, 0) / dice.length;',
  ].join('\n'),
  form: aNumber('', { within: 0.001 }),
  answer: () => mean(emptyCases.map(dice)),
  mistakes: [
    {
      mistake: 'Takes 0/0 for 0.',
      answer: () => mean([0, 0, dice(emptyCases[2])]),
      hint: 'In the first slice there was nothing to find, and nothing was found. Is that a failure?',
    },
    {
      mistake: 'Leaves out the slices without organ.',
      answer: () => dice(emptyCases[2]),
      hint: 'Slices without organ are left out, and with them the false alarm of the second slice.',
    },
    {
      mistake: 'Leaves out the slice where both are empty.',
      answer: () => mean(emptyCases.slice(1).map(dice)),
      hint: 'The mean is over two slices only.',
    },
    {
      mistake: 'Pools the three.',
      answer: () => poolOf(emptyCases),
      hint: 'That is the DSC of all pixels together. It is the better number, but not the one that is asked for.',
    },
    {
      mistake: 'Takes every empty slice for right: 1, 1 and the third.',
      answer: () => mean([1, 1, dice(emptyCases[2])]),
      hint: 'In the second slice something was found that is not there.',
    },
  ],
  hint: 'What is 2 tp / (2 tp + fp + fn) in each of the three, and where is it 0/0?',
  more: 'The three values are of the kinds: both empty, only found, both there. The second is 0.',
  why: 'Four programs give four answers here. A table without its rule for empty masks cannot be compared.',
};

const goOnTraining: Exercise = {
  id: '2.10',
  title: 'Going on with training',
  minutes: 6,
  story:
    'Training goes on from the half-trained weights, three epochs on patients 1 and 2 alone. `before` and `after` ' +
    'hold the mean DSC of each side: training, validation, test.',
  task: 'By how much did the DSC **on the test patients** change (after minus before)?',
  given: [
    'const { before, after } = await course.goOn();',
    'const rows = Object.entries({ before, after }).map(([when, scores]) => ({ when, ...scores }));',
    'ax.toTable(rows).show();',
  ].join('\n'),
  name: 'change',
  solution: 'const change = after.test - before.test;',
  form: aNumber('', { within: 0.004 }),
  answer: async () => {
    const { before, after } = await goOn();
    return after.test - before.test;
  },
  varies: true,
  mistakes: [
    {
      mistake: 'Looks at the training patients.',
      answer: async () => {
        const { before, after } = await goOn();
        return after.training - before.training;
      },
      hint: 'These are the patients that it learned from.',
    },
    {
      mistake: 'Subtracts the other way round.',
      answer: async () => {
        const { before, after } = await goOn();
        return before.test - after.test;
      },
      hint: 'After minus before: a gain is above 0.',
    },
    {
      mistake: 'Gives the DSC after, not the change.',
      answer: async () => (await goOn()).after.test,
      hint: 'That is the DSC after training went on. By how much did it change?',
    },
  ],
  hint: 'Two numbers of the table, of one side.',
  more: '`after.test − before.test`.',
  why:
    "What two patients teach helps these two most. Your number may differ a little from your neighbour's: " +
    'engines round differently.',
};

export const session2: CourseSession = {
  name: 'session-2',
  title: 'Session 2: training, scores, leakage',
  minutes: 90,
  about:
    'A network that was stopped half-way: how it learned, what it finds, how it is scored, and how scores become ' +
    'too good. Ten exercises. Nothing here trains for longer than some seconds.',
  setup: [
    'const engine = await ax.startEngine();',
    'console.log(engine.description);',
    'const published = await study.readPublished();',
    "const leakage = await study.loadStudy('leakage');",
  ],
  opening:
    'The half-trained network comes with the project, so nobody waits. Ask before the first exercise: "who has ' +
    'split a data set at random?" Most hands go up; come back to them after 2.2.',
  steps: [
    { part: 'rare', minutes: 6 },
    { exercise: whoLeaks },
    { part: 'leakage', minutes: 5 },
    { exercise: priceOfLeakage },
    { exercise: bestOfRun },
    { exercise: whatCurvesSay },
    {
      title: 'A network stopped half-way',
      text:
        'Ten epochs on 14 made patients, none of them ours. Above its learning curve: for five epochs the DSC is 0 ' +
        'while the loss falls, because nothing of the organ has reached a probability of 0.5 yet. Below, three ' +
        'slices of patient 5 with label and prediction.',
      code: [
        'const { halfTrained } = await course.courseCurves();',
        'await ax.showFigure(ax.trainingCurves(halfTrained));',
        'await ax.showFigure(ax.overlayGrid(await course.predictedSlices(5, 3), { zoomMm: 180 }));',
      ].join('\n'),
      minutes: 6,
    },
    { exercise: pooledDice },
    { exercise: chooseThreshold },
    { exercise: removeIslands },
    { exercise: whichMetric },
    { exercise: emptyMasks },
    { exercise: goOnTraining },
    { part: 'people', minutes: 6 },
  ],
  closing: [
    'Split by patient. Everything else that is said about a score comes after that.',
    'A training loss that falls says nothing about other people.',
    'Choose on validation patients, judge on test patients, once.',
    'Say how a score was made: pooled or by slice, which rule for empty masks, which HD95.',
  ],
};
