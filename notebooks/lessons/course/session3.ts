/** Session 3 of the course, radiomics, confounds and false findings: its exercises and its order. */
import { type RadiomicsSettings } from 'axunet/radiomics/settings';
import { mannWhitney } from 'axunet/statistics/mannWhitney';
import { benjaminiHochberg, bonferroni, holm } from 'axunet/statistics/multipleTesting';
import { rocAuc } from 'axunet/statistics/roc';
import { welchTTest } from 'axunet/statistics/welch';
import { aLetter, aNumber, type Exercise } from './exercise.ts';
import { canonicalPatient } from './material.ts';
import type { CourseSession } from './session.ts';
import { groupsOf, noiseFeatures, openFeatures, pValues, shiftedCohorts, tableP } from './tables.ts';

const meshVolume = async (): Promise<number> => (await openFeatures()).numbers('original_shape_MeshVolume')[0];

const featureUnit: Exercise = {
  id: '3.1',
  title: 'A feature has a unit',
  minutes: 4,
  story:
    "PyRadiomics' `shape_MeshVolume` is the volume enclosed by a surface of triangles, in the cube of the unit " +
    'of the spacing: mm³. The table holds 24 made patients, one row each.',
  task: 'What is the mesh volume of the first patient in **ml**?',
  given:
    "const table = await course.openFeatures();\nconst meshVolume = table.numbers('original_shape_MeshVolume')[0];",
  name: 'volumeMl',
  solution: 'const volumeMl = meshVolume / 1000;',
  form: aNumber('ml', { share: 0.005 }),
  answer: async () => (await meshVolume()) / 1000,
  mistakes: [
    { mistake: 'Gives mm³.', answer: meshVolume, hint: 'That is in mm³, as it stands in the table.' },
    {
      mistake: 'Divides by 10, as from mm to cm.',
      answer: async () => (await meshVolume()) / 10,
      hint: 'From mm to cm it is a factor of 10 along each of three axes.',
    },
    {
      mistake: 'Divides by a million.',
      answer: async () => (await meshVolume()) / 1e6,
      hint: 'That is in litres.',
    },
  ],
  hint: 'How many mm³ are a ml?',
  more: 'Divide by 1000.',
  why: 'Volumes, surfaces and energies depend on the unit and the spacing; a table without units cannot be repeated.',
};

/** The lowest and the highest HU in the organ of patient 1. */
async function rangeOfOrgan(): Promise<[lowest: number, highest: number]> {
  const { image, label } = await canonicalPatient(1);
  const values = image.data.filter((_, i) => label.data[i] > 0);
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

const binWidth: RadiomicsSettings['binWidth'] = 25;

const greyLevels: Exercise = {
  id: '3.2',
  title: 'How many grey levels?',
  minutes: 5,
  story:
    "Texture features do not see HU but grey levels. With PyRadiomics' rule a bin is 25 HU wide and the edges " +
    'are the multiples of 25: −25 to below 0 is one bin, 0 to below 25 the next, in every patient alike. ' +
    '`Math.floor` rounds down.',
  task: 'How many bins are there from the lowest to the highest HU in the organ of patient 1, both included?',
  given: [
    'const { image, label } = await course.canonicalPatient(1);',
    'const values = image.data.filter((_, i) => label.data[i] > 0);',
    'const lowest = values.reduce((a, b) => Math.min(a, b));',
    'const highest = values.reduce((a, b) => Math.max(a, b));',
    'console.log(`${lowest} to ${highest} HU`);',
  ].join('\n'),
  name: 'levels',
  solution: 'const levels = Math.floor(highest / 25) - Math.floor(lowest / 25) + 1;',
  form: aNumber('', { within: 0.01 }),
  answer: async () => {
    const [lowest, highest] = await rangeOfOrgan();
    return Math.floor(highest / binWidth) - Math.floor(lowest / binWidth) + 1;
  },
  mistakes: [
    {
      mistake: 'Divides the range by the width and does not round.',
      answer: async () => {
        const [lowest, highest] = await rangeOfOrgan();
        return (highest - lowest) / binWidth;
      },
      hint: 'A number of bins is whole.',
    },
    {
      mistake: 'Forgets that both ends count.',
      answer: async () => {
        const [lowest, highest] = await rangeOfOrgan();
        return Math.floor(highest / binWidth) - Math.floor(lowest / binWidth);
      },
      hint: 'From bin 3 to bin 5 there are three bins, not two.',
    },
    {
      mistake: 'Takes every HU for a level.',
      answer: async () => {
        const [lowest, highest] = await rangeOfOrgan();
        return highest - lowest + 1;
      },
      hint: 'That would be bins of 1 HU.',
    },
  ],
  hint: 'In which bin is the lowest value, in which the highest?',
  more: 'The bin of a value v is `Math.floor(v / 25)`; count the bins from the first to the last.',
  why:
    'Another bin width gives another texture. PyRadiomics counts from multiples of the width, IBSI from the lowest ' +
    'value of each patient.',
};

const asymmetric = 'original_glcm_Contrast';
const contrast = () => groupsOf(asymmetric);

const rankTest: Exercise = {
  id: '3.3',
  title: 'Two tests, two questions',
  minutes: 6,
  story:
    "Welch's t test asks whether means differ, Mann-Whitney whether a value of one group tends to be the larger " +
    'one of a pair; it looks at ranks and does not mind an outlier. Both give a two-sided p: a difference in either ' +
    'direction counts.',
  task: 'What is the **two-sided p of Mann-Whitney** for GLCM contrast, tumour against normal?',
  given: [
    `const { ill, well } = await course.groupsOf('${asymmetric}');`,
    'ax.toTable([{ group: "tumour", ...ax.summarise(ill) }, { group: "normal", ...ax.summarise(well) }]).show();',
  ].join('\n'),
  name: 'p',
  solution: 'const { p } = ax.mannWhitney(ill, well);',
  form: aNumber('', { share: 0.005 }),
  answer: async () => {
    const { ill, well } = await contrast();
    return mannWhitney(ill, well).p;
  },
  mistakes: [
    {
      mistake: 'Asks one-sided for the smaller p.',
      answer: async () => {
        const { ill, well } = await contrast();
        const [less, greater] = (['less', 'greater'] as const).map((a) => mannWhitney(ill, well, { alternative: a }).p);
        return Math.min(less, greater);
      },
      hint: 'That is one-sided, in the direction that the data show. Who fixed the direction before looking?',
    },
    {
      mistake: "Takes Welch's test.",
      answer: async () => {
        const { ill, well } = await contrast();
        return welchTTest(ill, well).p;
      },
      hint: "That is Welch's test, of the means.",
    },
    {
      mistake: 'Gives U instead of p.',
      answer: async () => {
        const { ill, well } = await contrast();
        return mannWhitney(ill, well).u;
      },
      hint: 'That is U, the number of pairs. The result holds p as well.',
    },
    {
      mistake: 'Takes the other tail.',
      answer: async () => {
        const { ill, well } = await contrast();
        const [less, greater] = (['less', 'greater'] as const).map((a) => mannWhitney(ill, well, { alternative: a }).p);
        return Math.max(less, greater);
      },
      hint: 'That is one-sided, against the direction that the data show.',
    },
  ],
  hint: 'The function returns several numbers; p is one of them.',
  more: '`ax.mannWhitney(first, second).p`, without options.',
  why: 'Choose the test before you see the data. To run both and report the smaller p is a test at more than 5 %.',
};

const size = 'original_firstorder_Mean';
const spread = (values: readonly number[], divisor: number): number => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / divisor);
};

const sampleSd: Exercise = {
  id: '3.4',
  title: 'The spread of a sample',
  minutes: 4,
  story:
    'The standard deviation of a **sample** divides by n − 1: the mean was estimated from the same values, and they ' +
    'lie nearer to it than to the true one. Dividing by n is right only where the values are everybody.',
  task: 'What is the sample SD of the mean HU in the 12 patients with a tumour?',
  given: [
    `const { ill } = await course.groupsOf('${size}');`,
    'const mean = ill.reduce((sum, v) => sum + v, 0) / ill.length;',
    'const squares = ill.reduce((sum, v) => sum + (v - mean) ** 2, 0);',
  ].join('\n'),
  name: 'sd',
  solution: 'const sd = Math.sqrt(squares / (ill.length - 1));',
  form: aNumber('HU', { share: 0.002 }),
  answer: async () => {
    const { ill } = await groupsOf(size);
    return spread(ill, ill.length - 1);
  },
  mistakes: [
    {
      mistake: "Divides by n (NumPy's default, ddof = 0).",
      answer: async () => {
        const { ill } = await groupsOf(size);
        return spread(ill, ill.length);
      },
      hint: 'That is what `numpy.std` gives without `ddof=1`. These 12 are not all patients of the world.',
    },
    {
      mistake: 'Gives the variance.',
      answer: async () => {
        const { ill } = await groupsOf(size);
        return spread(ill, ill.length - 1) ** 2;
      },
      hint: 'That is in HU². What brings it back to HU?',
    },
    {
      mistake: 'Gives the standard error of the mean.',
      answer: async () => {
        const { ill } = await groupsOf(size);
        return spread(ill, ill.length - 1) / Math.sqrt(ill.length);
      },
      hint: 'That is the standard error of the mean. It shrinks with more patients, the spread of patients does not.',
    },
  ],
  hint: '`squares` is the sum of squared deviations.',
  more: 'Divide `squares` by n − 1 and take the root.',
  why: 'Programs differ in this default. With 12 patients it is 4 %, in an effect size as well as in its p.',
};

const found = (p: readonly number[]): number => p.filter((value) => value <= 0.05).length;

export const pureNoise: Exercise = {
  id: '3.5',
  title: 'Ninety-two features of nothing',
  minutes: 6,
  story:
    'The generator drew 92 features for 12 patients with and 12 without a tumour, all from one and the same normal ' +
    "distribution. There is nothing to find. Each feature gets Welch's test.",
  task: 'How many of the 92 features have **p ≤ 0.05**?',
  given: 'const noise = course.noiseFeatures(4); // a list of { ill, well }; another seed is another study',
  name: 'findings',
  solution: [
    'const p = noise.map(({ ill, well }) => ax.welchTTest(ill, well).p);',
    'const findings = p.filter((value) => value <= 0.05).length;',
  ].join('\n'),
  form: aNumber('', { within: 0.1 }),
  answer: () => found(pValues(noiseFeatures(4))),
  mistakes: [
    {
      mistake: 'Gives what is expected on average, 92 × 0.05.',
      answer: () => 92 * 0.05,
      hint: 'That is how many there are on average over many studies. Count those of this one.',
    },
    {
      mistake: 'Says none, because there is nothing to find.',
      answer: () => 0,
      hint: 'There is nothing to find, but does a test know that?',
    },
    {
      mistake: 'Counts p > 0.05.',
      answer: () => 92 - found(pValues(noiseFeatures(4))),
      hint: 'These are the features without a finding.',
    },
    {
      mistake: 'Tests one-sided, upwards.',
      answer: () => found(noiseFeatures(4).map(({ ill, well }) => welchTTest(ill, well, { alternative: 'greater' }).p)),
      hint: 'Is your test two-sided?',
    },
  ],
  hint: 'One p for each feature, then count.',
  more: '`noise.map(({ ill, well }) => ax.welchTTest(ill, well).p)` gives the list of p.',
  why: 'Each of these could be written up as a biomarker. The seeds 1 to 12 give between 1 and 9 of them.',
};

const anyFinding: Exercise = {
  id: '3.6',
  title: 'How likely is a false finding?',
  minutes: 4,
  story: 'Without anything to find, each of 92 independent tests gives p ≤ 0.05 with a probability of 0.05.',
  task: 'What is the probability that **at least one** of the 92 does?',
  name: 'probability',
  solution: 'const probability = 1 - 0.95 ** 92;',
  form: aNumber('', { within: 0.001 }),
  answer: () => 1 - 0.95 ** 92,
  mistakes: [
    {
      mistake: 'Multiplies: 92 × 0.05.',
      answer: () => 92 * 0.05,
      hint: 'A probability above 1? That is how many are expected.',
    },
    { mistake: 'Gives the level, 0.05.', answer: () => 0.05, hint: 'That is the probability for a single test.' },
    {
      mistake: 'Gives the probability of none.',
      answer: () => 0.95 ** 92,
      hint: 'That is the probability that none does.',
    },
    {
      mistake: 'Gives the probability that all do.',
      answer: () => 0.05 ** 92,
      hint: 'That is the probability that all of them do.',
    },
  ],
  hint: 'What is the probability that none of them does?',
  more: 'The probability of none is 0.95 multiplied with itself 92 times; take it from 1.',
  why:
    '"p ≤ 0.05 in some feature" is what one expects of nothing. Real features move together, so it is less, but not ' +
    'little.',
};

const afterCorrection: Exercise = {
  id: '3.7',
  title: 'What correction leaves',
  minutes: 5,
  story:
    'Benjamini-Hochberg holds the expected share of false findings among all findings at 5 %; Holm holds the ' +
    'probability of even one at 5 %. Both take all p values together.',
  task: 'Of the features of 24 made patients, how many are left at 0.05 **after Benjamini-Hochberg**?',
  given:
    'const p = await course.tableP();\nconsole.log(`${p.length} features, ${p.filter((v) => v <= 0.05).length} ' +
    'with p ≤ 0.05`);',
  name: 'left',
  solution: 'const left = ax.benjaminiHochberg(p).filter((value) => value <= 0.05).length;',
  form: aNumber('', { within: 0.1 }),
  answer: async () => found(benjaminiHochberg(await tableP())),
  mistakes: [
    {
      mistake: 'Counts before correction.',
      answer: async () => found(await tableP()),
      hint: 'That is the count before correction.',
    },
    { mistake: 'Takes Holm.', answer: async () => found(holm(await tableP())), hint: 'That is what Holm leaves.' },
    {
      mistake: 'Takes Bonferroni.',
      answer: async () => found(bonferroni(await tableP())),
      hint: 'That is what Bonferroni leaves.',
    },
  ],
  hint: 'The function gives corrected p values in the same order.',
  more: '`ax.benjaminiHochberg(p)`, then count as before.',
  why:
    'What is left was found with all questions counted. How many features there are in a study belongs into its ' +
    'report.',
};

const [illSlices, wellSlices] = [
  [7, 9, 9, 12],
  [3, 7, 8],
];

const aucByHand: Exercise = {
  id: '3.8',
  title: 'An AUC by hand',
  minutes: 5,
  story:
    'The AUC is the share of pairs (one ill, one well) in which the ill one has the higher value; where both are ' +
    'equal the pair counts half. Here the value is the number of the slice, which knows nothing of a tumour.',
  task: 'Four ill people have the values 7, 9, 9, 12, three healthy ones 3, 7, 8. What is the **AUC**?',
  given: 'const ill = [7, 9, 9, 12];\nconst well = [3, 7, 8];',
  name: 'auc',
  solution: [
    'const won = ill.flatMap((a) => well.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));',
    'const auc = won.reduce((sum: number, one) => sum + one, 0) / won.length;',
  ].join('\n'),
  form: aNumber('', { within: 0.002 }),
  answer: () => rocAuc([...illSlices, ...wellSlices], [1, 1, 1, 1, 0, 0, 0]).auc,
  mistakes: [
    { mistake: 'Counts a tie as won.', answer: () => 11 / 12, hint: 'One pair is equal. What does it count?' },
    { mistake: 'Counts a tie as lost.', answer: () => 10 / 12, hint: 'One pair is equal, and you counted it as lost.' },
    {
      mistake: 'Gives the number of pairs, not their share.',
      answer: () => 10.5,
      hint: 'That is a number of pairs, and a share is asked for.',
    },
    {
      mistake: 'Counts the healthy ones as winners.',
      answer: () => 1.5 / 12,
      hint: 'Who should have the higher value in a pair?',
    },
  ],
  hint: 'How many pairs are there, and in how many is the ill one higher?',
  more: 'There are 4 × 3 pairs; go through them, and count the equal one half.',
  why:
    'In the recorded study the number of the slice alone reaches an AUC of 0.98: it tells one hospital from the ' +
    'other.',
};

export const whatItReads: Exercise = {
  id: '3.9',
  title: 'What does the classifier read?',
  minutes: 5,
  story:
    'Patients with a tumour all come from one hospital (MSD), those without from another (NIH). Every AUC is of ' +
    'people whom the classifier has not seen. `NIH-noise` has no tumour in it: it tells noisy from quiet scans of ' +
    'healthy people.',
  task: [
    'Which sentence do these numbers support?',
    '',
    'A: the features see tumours, with an AUC of 0.84',
    'B: scan and features together are best, so the features add something',
    'C: the classes can be told apart without a look at any pixel, so 0.84 is no evidence for a tumour',
    'D: the features are useless for everything',
  ].join('\n\n'),
  given: 'ax.toTable(await course.classifierArms()).show();',
  name: 'letter',
  solution: "const letter = 'C';",
  form: aLetter('ABCD'),
  answer: () => 'C',
  mistakes: [
    {
      mistake: 'A: takes the AUC at its word.',
      answer: () => 'A',
      hint: 'What AUC has the number of the slice? And what does it know of tumours?',
    },
    {
      mistake: 'B: does not compare with the scan alone.',
      answer: () => 'B',
      hint: 'Compare "scan and features" with the scan alone.',
    },
    {
      mistake: 'D: takes no evidence for evidence of nothing.',
      answer: () => 'D',
      hint: 'They tell noisy from quiet scans very well. What is not shown is not disproved either.',
    },
  ],
  hint: 'Look for a row that reads no pixel, and for one without a tumour in the question.',
  more: 'One row knows nothing but how slices are counted, and it is better than the features.',
  why:
    'Where class and hospital are one thing, no statistics can part them. It takes both kinds of people from one ' +
    'hospital.',
};

const powerOf = (shift: number, patients: number): number => found(pValues(shiftedCohorts(shift, { patients }))) / 2000;

const powerOfTwelve: Exercise = {
  id: '3.10',
  title: 'Power with 12 against 12',
  minutes: 6,
  story:
    'Power is the probability of finding what is there. 2000 studies were drawn, each with 12 patients in both ' +
    'groups and a true difference of one standard deviation, which is large.',
  task: "In which **share** of the studies does Welch's test find the difference at p ≤ 0.05?",
  given: 'const studies = course.shiftedCohorts(1); // 2000 times { ill, well }',
  name: 'power',
  solution: 'const power = course.pValues(studies).filter((p) => p <= 0.05).length / studies.length;',
  form: aNumber('', { within: 0.02 }),
  answer: () => powerOf(1, 12),
  mistakes: [
    {
      mistake: 'Gives the share that is missed.',
      answer: () => 1 - powerOf(1, 12),
      hint: 'That is the share of studies that miss it.',
    },
    {
      mistake: 'Counts and does not divide.',
      answer: () => 2000 * powerOf(1, 12),
      hint: 'That is a number of studies.',
    },
    {
      mistake: 'Gives the level, 0.05.',
      answer: () => 0.05,
      hint: 'That is how often a test finds what is not there.',
    },
    {
      mistake: 'Says 95 %.',
      answer: () => 0.95,
      hint: 'A level of 5 % is about false findings. It does not promise that true ones are made.',
    },
  ],
  hint: 'One p for each study, then the share that is at most 0.05.',
  more: '`course.pValues(studies)` gives all p; count those up to 0.05 and divide by 2000.',
  why: 'About every third such study misses a large difference, and those that find it make it look larger than it is.',
};

const permutationP: Exercise = {
  id: '3.11',
  title: 'p by shuffling',
  minutes: 4,
  story:
    'A permutation test shuffles the labels, here 999 times, and asks how often the difference is at least as large ' +
    'as the one that was seen. What was seen counts as one arrangement too.',
  task: 'In 3 of 999 shuffles the difference was at least as large. What is **p**?',
  given: 'const [asLarge, shuffles] = [3, 999];',
  name: 'p',
  solution: 'const p = (asLarge + 1) / (shuffles + 1);',
  form: aNumber('', { within: 0.000001 }),
  answer: () => 4 / 1000,
  mistakes: [
    {
      mistake: 'Divides 3 by 999.',
      answer: () => 3 / 999,
      hint: 'With no shuffle as large that formula gives p = 0, a certainty that no shuffling can give.',
    },
    {
      mistake: 'Adds one below only.',
      answer: () => 3 / 1000,
      hint: 'You counted the real arrangement among all. Does it belong to those as large, too?',
    },
    {
      mistake: 'Adds one above only.',
      answer: () => 4 / 999,
      hint: 'You counted the real arrangement among those as large. Does it belong to all, too?',
    },
    { mistake: 'Gives 1 − p.', answer: () => 1 - 4 / 1000, hint: 'A small p stands for few shuffles as large.' },
  ],
  hint: 'How many arrangements are there with the real one, and how many are as large?',
  more: 'Add the real arrangement to both numbers before you divide.',
  why:
    'No p below 1 / (shuffles + 1) can come out. So Holm over 92 tests cannot find anything with 999 shuffles: 92 × ' +
    '0.001 is above 0.05.',
};

export const session3: CourseSession = {
  name: 'session-3',
  title: 'Session 3: radiomics, confounds, false findings',
  minutes: 90,
  about:
    'From masks to numbers, from numbers to p values, and how "p ≤ 0.05" comes out of nothing. Eleven exercises ' +
    'with made patients, made noise, and the recorded study of real tumours.',
  setup: ["import * as rad from 'axunet-lessons/radiomics';"],
  opening:
    'Let everybody write down a guess first: "how many of 92 features differ between two groups of 12 if there is ' +
    'nothing to find?" Come back to the guesses at exercise 3.5.',
  steps: [
    { exercise: featureUnit },
    { exercise: greyLevels },
    { exercise: rankTest },
    { exercise: sampleSd },
    { exercise: pureNoise },
    { exercise: anyFinding },
    { exercise: afterCorrection },
    { part: 'power', minutes: 6 },
    { exercise: powerOfTwelve },
    { exercise: permutationP },
    { part: 'tumours', minutes: 8 },
    { exercise: aucByHand },
    { part: 'reads', minutes: 8 },
    { exercise: whatItReads },
  ],
  closing: [
    'Count your questions: a p value belongs to all the tests that were run.',
    'Test what cannot be disease beside what may be: scanner, spacing, number of the slice.',
    'No finding with 12 against 12 is not "no difference", and a finding there is too large.',
    'Patients are the units, not slices.',
  ],
};
