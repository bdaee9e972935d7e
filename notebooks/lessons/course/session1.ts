/** Session 1 of the course, preprocessing and the viewer: its exercises and its order. */
import { applyWindow, paperWindowHu, softTissueWindowHu } from 'axunet/preprocess/window';
import { orientationCodes } from 'axunet/volume/orientation';
import { resampleVolume } from 'axunet/volume/resample';
import { fullestSlice } from 'axunet/volume/values';
import { sliceZ, type Vec3, type Volume, voxelVolumeMl } from 'axunet/volume/volume';
import { aLetter, aNumber, aWord, type Exercise, numbers } from './exercise.ts';
import { canonicalPatient, openPatient, organColumns } from './material.ts';
import type { CourseSession } from './session.ts';

const count = ({ data }: Volume<Uint8Array>, keep = (value: number): boolean => value > 0): number =>
  data.filter(keep).length;

/** The letters of the other ends: `RAS` of `LPI`. */
const opposite = (codes: string): string => [...codes].map((letter) => 'LRPASI'['RLAPIS'.indexOf(letter)]).join('');

const storedCodes = async (): Promise<string> => orientationCodes((await openPatient(2)).image.affine);

const axesOfPatient: Exercise = {
  id: '1.1',
  title: 'Which way do the axes run?',
  minutes: 4,
  story:
    'A volume is a list of numbers. Which direction in the patient the first, second and third index count towards ' +
    'stands in the affine alone. Three letters say it: `RAS` means that x grows to the Right, y to Anterior and z ' +
    'to Superior.',
  task: 'Which way do the axes of patient 2 run **as stored on disk**? `ax.orientationCodes(affine)` reads them.',
  given: 'const { image } = await course.openPatient(2);',
  name: 'codes',
  solution: 'const codes = ax.orientationCodes(image.affine);',
  form: aWord(3),
  answer: storedCodes,
  mistakes: [
    {
      mistake: 'Names the ends at which the axes begin.',
      answer: async () => opposite(await storedCodes()),
      hint: 'These letters name where each axis begins. The convention names the end that it grows towards.',
    },
    {
      mistake: 'Takes the volume after it was turned into the common frame.',
      answer: async () => orientationCodes((await canonicalPatient(2)).image.affine),
      hint: 'That is the common frame, into which `ax.toCanonical` turns a volume. The file itself is asked for.',
    },
  ],
  hint: 'The letters are read from the affine of the stored image.',
  more: 'Hand `image.affine` to `ax.orientationCodes`.',
  why: 'A label that is turned without its image, or flipped by habit, is the most common silent error in this field.',
};

const someHu = [-1000, 0, 100, 500];
const greyOf = (low: number, high: number): number[] => [...applyWindow(Int16Array.from(someHu), [low, high])];

export const windowByHand: Exercise = {
  id: '1.2',
  title: 'A CT window by hand',
  minutes: 5,
  story:
    'A window maps HU to the grey values that the network sees: its lower end to 0, its upper end to 1, straight ' +
    'between them, and everything beyond an end to that end.',
  task: 'Map −1000, 0, 100 and 500 HU to grey with the soft-tissue window of −160 to 240 HU.',
  given: 'const hu = [-1000, 0, 100, 500];\nconst [low, high] = [-160, 240];',
  name: 'grey',
  solution: 'const grey = hu.map((v) => Math.min(1, Math.max(0, (v - low) / (high - low))));',
  form: numbers(4, { within: 0.002 }),
  answer: () => greyOf(...softTissueWindowHu),
  mistakes: [
    {
      mistake: 'Does not cut what lies outside of the window.',
      answer: () => someHu.map((v) => (v + 160) / 400),
      hint: 'Some values lie below 0 or above 1. What does a window do with air and bone?',
    },
    {
      mistake: 'Divides by the upper end instead of the width.',
      answer: () => someHu.map((v) => Math.min(1, Math.max(0, (v + 160) / 240))),
      hint: 'The upper end itself does not become 1 with your formula. What is the width of the window?',
    },
    {
      mistake: 'Takes the ends in the wrong order, so that dark and bright change places.',
      answer: () => someHu.map((v) => Math.min(1, Math.max(0, (240 - v) / 400))),
      hint: 'Air comes out bright and bone dark. In which order do the two ends come?',
    },
    {
      mistake: "Uses the window of the paper's code, ±1024 HU.",
      answer: () => greyOf(...paperWindowHu),
      hint: 'That is the wide window, ±1024 HU. Here the soft-tissue window is asked for.',
    },
  ],
  hint: 'The lower end must become 0, the upper end 1.',
  more: 'Subtract the lower end, divide by the width, then cut to 0…1 with `Math.min` and `Math.max`.',
  why:
    'With this window all grey levels are spent on soft tissue; ' +
    'with ±1024 HU the same tissue fills a tenth of them.',
};

const label3 = async (): Promise<Volume<Uint8Array>> => (await openPatient(3)).label;
const area = ({ spacingMm: [x, y] }: Volume): number => x * y;

export const organVolume: Exercise = {
  id: '1.3',
  title: 'How large is this pancreas?',
  minutes: 6,
  story:
    'A mask counts voxels, a radiologist thinks in millilitres. Between them stands the spacing: the distance of ' +
    'neighbouring voxels in mm along x, y and z. In the labels 0 is background, 1 pancreas and 2 tumour; a tumour ' +
    'in the pancreas is part of the organ.',
  task: 'How many **ml** is the organ (pancreas and tumour together) of patient 3? 1 ml is 1000 mm³.',
  given:
    'const { label } = await course.openPatient(3);\nconst voxels = label.data.filter((value) => value > 0).length;',
  name: 'volumeMl',
  solution: 'const [dx, dy, dz] = label.spacingMm;\nconst volumeMl = (voxels * dx * dy * dz) / 1000;',
  form: aNumber('ml', { share: 0.01 }),
  answer: async () => {
    const label = await label3();
    return count(label) * voxelVolumeMl(label);
  },
  mistakes: [
    {
      mistake: 'Gives the number of voxels.',
      answer: async () => count(await label3()),
      hint: 'That is a number of voxels. How large is one of them?',
    },
    {
      mistake: 'Gives mm³.',
      answer: async () => {
        const label = await label3();
        return 1000 * count(label) * voxelVolumeMl(label);
      },
      hint: 'That is in mm³. How many of them make a ml?',
    },
    {
      mistake: 'Forgets the distance between slices.',
      answer: async () => {
        const label = await label3();
        return (count(label) * area(label)) / 1000;
      },
      hint: 'You used the area of a pixel. How far apart are the slices?',
    },
    {
      mistake: 'Takes voxels of 1 mm³: forgets the spacing.',
      answer: async () => count(await label3()) / 1000,
      hint: 'That would be right for voxels of 1 × 1 × 1 mm. What does `label.spacingMm` say?',
    },
  ],
  hint: 'A voxel is a box; its three edges are in `label.spacingMm`.',
  more: 'Multiply the number of voxels by the three spacings, and divide by 1000.',
  why:
    'Real ones have some 70 to 80 ml, large ones twice that. A volume that is off ten times is a wrong spacing, no ' +
    'disease.',
};

const tumourMl = async (): Promise<number> => {
  const { label } = await tumourPatient();
  return count(label, (value) => value === 2) * voxelVolumeMl(label);
};
/** The first patient with a tumour. */
const tumourPatient = async () => {
  const [first, second] = [await openPatient(1), await openPatient(2)];
  return first.label.data.includes(2) ? first : second;
};
const ballDiameter = (mm3: number): number => Math.cbrt((6 * mm3) / Math.PI);

const tumourDiameter: Exercise = {
  id: '1.4',
  title: 'From millilitres to a diameter',
  minutes: 5,
  story: 'Reports give the size of a tumour as a diameter in mm. A ball of the same volume V has V = π d³ / 6.',
  task: 'Which diameter in **mm** has a ball with the volume of this tumour (label 2)? `Math.cbrt` is the cube root.',
  given: [
    'const patients = [await course.openPatient(1), await course.openPatient(2)];',
    'const { label, id } = patients.find((one) => one.label.data.includes(2))!;',
    'const tumourMl = label.data.filter((value) => value === 2).length * ax.voxelVolumeMl(label);',
    'console.log(`${id}: a tumour of ${tumourMl.toFixed(2)} ml`);',
  ].join('\n'),
  name: 'diameterMm',
  solution: 'const diameterMm = Math.cbrt((6 * tumourMl * 1000) / Math.PI);',
  form: aNumber('mm', { share: 0.01 }),
  answer: async () => ballDiameter(1000 * (await tumourMl())),
  mistakes: [
    {
      mistake: 'Gives the radius.',
      answer: async () => ballDiameter(1000 * (await tumourMl())) / 2,
      hint: 'That is the radius.',
    },
    {
      mistake: 'Puts ml into the formula and reads cm as mm.',
      answer: async () => ballDiameter(await tumourMl()),
      hint: 'A ml is a cubic centimetre, so this is in cm. Which unit is asked for?',
    },
    {
      mistake: 'Takes the formula of the radius, V = 4/3 π r³, with d for r.',
      answer: async () => 2 * ballDiameter(1000 * (await tumourMl())),
      hint: 'That is twice the diameter. Is your formula one for the radius or for the diameter?',
    },
    {
      mistake: 'Takes the square root.',
      answer: async () => Math.sqrt((6000 * (await tumourMl())) / Math.PI),
      hint: 'A volume grows with the third power of the diameter. Which root undoes that?',
    },
  ],
  hint: 'Bring the volume to mm³ first, then solve V = π d³ / 6 for d.',
  more: 'd is the cube root of 6 V / π, with V in mm³.',
  why: 'A diameter hides much: 10 % more of it are 33 % more volume, so compare volumes where you can.',
};

const organShare: Exercise = {
  id: '1.5',
  title: 'How rare is the organ?',
  minutes: 4,
  story: '',
  task: 'Which share of **all** voxels of patient 3 is organ, in **per cent**?',
  given: 'const { label } = await course.openPatient(3);',
  name: 'percent',
  solution: [
    'const organ = label.data.filter((value) => value > 0).length;',
    'const percent = (100 * organ) / label.data.length;',
  ].join('\n'),
  form: aNumber('%', { share: 0.01 }),
  answer: async () => {
    const label = await label3();
    return (100 * count(label)) / label.data.length;
  },
  mistakes: [
    {
      mistake: 'Gives a fraction.',
      answer: async () => {
        const label = await label3();
        return count(label) / label.data.length;
      },
      hint: 'That is a fraction of 1.',
    },
    {
      mistake: 'Looks at the slice with most of the organ only.',
      answer: async () => {
        const { label } = await canonicalPatient(3);
        const slice = sliceZ(label, fullestSlice(label));
        return (100 * slice.filter((value) => value > 0).length) / slice.length;
      },
      hint: 'That is the share in the fullest slice. The question is about the whole scan.',
    },
    {
      mistake: 'Gives the share of the background.',
      answer: async () => {
        const label = await label3();
        return 100 - (100 * count(label)) / label.data.length;
      },
      hint: 'That is the share of the background.',
    },
  ],
  hint: 'Organ voxels over all voxels, times 100.',
  more: '`label.data.length` is the number of all voxels.',
  why: 'A network that answers "background" everywhere is right for all voxels but these, and finds nothing.',
};

export const emptyAnswer: Exercise = {
  id: '1.6',
  title: 'A useless answer with a good score',
  minutes: 5,
  story:
    'Accuracy is the share of voxels with the right answer. The Dice similarity coefficient (DSC) is 2 · tp / (2 · ' +
    'tp + fp + fn): true positives against what was wrongly found (fp) and missed (fn).',
  task:
    'A program answers "background" for every voxel of patient 3. Give its **accuracy** and its **DSC**, from 0 to ' +
    '1.',
  given:
    'const { label } = await course.openPatient(3);\nconst organ = label.data.filter((value) => value > 0).length;',
  name: 'scores',
  solution: 'const accuracy = 1 - organ / label.data.length;\nconst scores = [accuracy, 0]; // tp is 0, and fn is not',
  form: numbers(2, { within: 0.0005 }),
  answer: async () => {
    const label = await label3();
    return [1 - count(label) / label.data.length, 0];
  },
  mistakes: [
    {
      mistake: 'Counts the background as found in the DSC, too.',
      answer: async () => {
        const label = await label3();
        const accuracy = 1 - count(label) / label.data.length;
        return [accuracy, (2 * accuracy) / (1 + accuracy)];
      },
      hint: 'Your DSC is that of the background. Which voxels are true positives when the organ is what is looked for?',
    },
    {
      mistake: 'Takes the DSC of an empty mask for 1.',
      answer: async () => {
        const label = await label3();
        return [1 - count(label) / label.data.length, 1];
      },
      hint: 'An empty answer has a DSC of 1 only where there was nothing to find. Is that so here?',
    },
    {
      mistake: 'Swaps the two.',
      answer: async () => {
        const label = await label3();
        return [0, 1 - count(label) / label.data.length];
      },
      hint: 'The order is accuracy, DSC.',
    },
  ],
  hint: 'How many voxels are right? And how many of the organ were found?',
  more: 'Every background voxel is right. For the DSC count tp, fp and fn of the organ and put them into the formula.',
  why: 'Accuracy rewards what is plentiful. Of a small organ it says nothing, neither as a score nor as a loss.',
};

const at3Mm: Vec3 = [3, 3, 3];
const tumourVoxels = async (interpolation: 'nearest' | 'linear'): Promise<{ voxels: number; oldMl: number }> => {
  const { label } = await tumourPatient();
  const resampled = resampleVolume(label, at3Mm, { interpolation });
  return { voxels: count(resampled, (value) => value === 2), oldMl: voxelVolumeMl(label) };
};

const resampledTumour: Exercise = {
  id: '1.7',
  title: 'A label on another grid',
  minutes: 6,
  story:
    'Scans differ in spacing, so they are resampled onto one grid. Grey values may be mixed from neighbours ' +
    '(`linear`). Labels may not: halfway between background (0) and tumour (2) there is no pancreas (1).',
  task:
    'Resample the label to voxels of 3 × 3 × 3 mm in the way that is right for labels. How many **ml** is the ' +
    'tumour now?',
  given: [
    'const patients = [await course.openPatient(1), await course.openPatient(2)];',
    'const { label } = patients.find((one) => one.label.data.includes(2))!;',
    "// ax.resampleVolume(volume, [x, y, z], { interpolation: 'linear' or 'nearest' }) makes the new volume",
  ].join('\n'),
  name: 'resampledMl',
  solution: [
    "const resampled = ax.resampleVolume(label, [3, 3, 3], { interpolation: 'nearest' });",
    'const tumour = resampled.data.filter((value) => value === 2).length;',
    'const resampledMl = (tumour * 3 * 3 * 3) / 1000;',
  ].join('\n'),
  form: aNumber('ml', { share: 0.002 }),
  answer: async () => (await tumourVoxels('nearest')).voxels * 0.027,
  mistakes: [
    {
      mistake: 'Interpolates the label linearly.',
      answer: async () => (await tumourVoxels('linear')).voxels * 0.027,
      hint: 'The rim of the tumour has become something else. Which interpolation makes no new values?',
    },
    {
      mistake: 'Counts on the new grid with the old spacing.',
      answer: async () => {
        const { voxels, oldMl } = await tumourVoxels('nearest');
        return voxels * oldMl;
      },
      hint: 'You counted new voxels and multiplied by the size of the old ones.',
    },
    {
      mistake: 'Gives the volume before resampling.',
      answer: tumourMl,
      hint: 'That is the volume on the old grid. A grid changes a volume a little, and the question is by how much.',
    },
  ],
  hint: 'Count the voxels with value 2 on the new grid. How large is each of them?',
  more: "Use `interpolation: 'nearest'`, count, and multiply by 27 mm³.",
  why: 'Small structures change by several per cent with the grid alone, so features are compared on one grid only.',
};

const marginMm = 15;

const windowMm = async (extra: number, margins: number): Promise<number> => {
  const { label } = await canonicalPatient(4);
  const [first, last] = organColumns(label);
  return (last - first + extra) * label.spacingMm[0] + margins * marginMm;
};

const windowWithMargin: Exercise = {
  id: '1.8',
  title: 'How wide must the window be?',
  minutes: 6,
  story:
    'The network sees a window that holds the organ of every training patient, with a margin on all sides. Too ' +
    'narrow a window cuts organs of new patients; too wide a window spends the pixels on fat and bowel.',
  task: 'How many **mm** from left to right must the window have for patient 4, with a margin of 15 mm on both sides?',
  given: [
    'const { label } = await course.canonicalPatient(4);',
    'const [first, last] = course.organColumns(label);',
    'console.log(`organ in the columns ${first} to ${last}, spacing ${label.spacingMm.join(", ")} mm`);',
  ].join('\n'),
  name: 'widthMm',
  solution: 'const widthMm = (last - first + 1) * label.spacingMm[0] + 2 * 15;',
  form: aNumber('mm', { within: 0.3 }),
  answer: () => windowMm(1, 2),
  mistakes: [
    {
      mistake: 'Forgets that both ends count: one column too few.',
      answer: () => windowMm(0, 2),
      hint: 'From column 3 to column 5 there are three columns, not two.',
    },
    {
      mistake: 'Adds the margin once.',
      answer: () => windowMm(1, 1),
      hint: 'How many sides has the organ from left to right?',
    },
    {
      mistake: 'Adds no margin.',
      answer: () => windowMm(1, 0),
      hint: 'That is the organ alone, without a margin.',
    },
    {
      mistake: 'Adds mm to pixels: forgets the spacing.',
      answer: async () => {
        const [first, last] = organColumns((await canonicalPatient(4)).label);
        return last - first + 1 + 2 * marginMm;
      },
      hint: 'You added columns and millimetres. How wide is a column?',
    },
  ],
  hint: 'Columns of the organ times their width, and a margin left and right.',
  more: 'The number of columns is last − first + 1; multiply it by `label.spacingMm[0]` and add twice 15 mm.',
  why:
    'In training the window is placed by the training masks alone: with those of test patients it would know where ' +
    'to look.',
};

const whoDecides: Exercise = {
  id: '1.9',
  title: 'Who may decide?',
  minutes: 3,
  story: 'Window, grid and threshold are choices. Each choice is made by looking at patients.',
  task: [
    'Whose masks may place the window through which the network sees?',
    '',
    'A: those of all patients, so that no organ is cut off',
    'B: those of the training patients',
    'C: those of the test patients, since it is for them',
    'D: those of training and test patients with a tumour',
  ].join('\n\n'),
  name: 'letter',
  solution: "const letter = 'B';",
  form: aLetter('ABCD'),
  answer: () => 'B',
  mistakes: [
    {
      mistake: 'A: all patients.',
      answer: () => 'A',
      hint: 'Then the window fits the test patients better than it will fit the next one who comes through the door.',
    },
    {
      mistake: 'C: the test patients.',
      answer: () => 'C',
      hint: 'To look at the masks of test patients is to look at the answer.',
    },
    {
      mistake: 'D: those with a tumour.',
      answer: () => 'D',
      hint: 'Test patients are among them, whatever they have.',
    },
  ],
  hint: 'Think of a new patient, for whom no mask exists.',
  more: 'Whatever is chosen with the help of test masks makes the score too good.',
  why: 'The rule is the same for windows, thresholds, post-processing and features: test patients only see the result.',
};

export const mirroredLabel: Exercise = {
  id: '1.10',
  title: 'Which label is mirrored?',
  minutes: 6,
  story:
    'Four people hand in labels of patient 2. All have the right shape, so no program complains. The picture shows ' +
    'the slice with most of each mask. The pancreas is soft tissue in front of the spine, which is at the bottom.',
  task: 'Which label is **mirrored** front to back: A, B, C or D?',
  given: [
    'const suspects = await course.suspectLabels();',
    'await ax.showFigure(ax.overlayGrid(course.suspectSlices(suspects), {}));',
    'for (const { letter, label } of suspects) {',
    '  const values = [...new Set(label.data)].join(", ");',
    '  console.log(`${letter}: values ${values}, fullest slice ${ax.fullestSlice(label)}`);',
    '}',
  ].join('\n'),
  name: 'letter',
  solution: "const letter = 'C';",
  form: aLetter('ABCD'),
  answer: () => 'C',
  mistakes: [
    {
      mistake: 'A, whose values are 0 and 255.',
      answer: () => 'A',
      hint:
        'Its values are unusual, 0 and 255, but look where it lies. A program that asks for "greater than 0" reads ' +
        'it well.',
    },
    {
      mistake: 'B, which lies one slice too high.',
      answer: () => 'B',
      hint: 'This one lies one slice too high. That is wrong, too, and hard to see, but it is not mirrored.',
    },
    {
      mistake: 'D, the right one.',
      answer: () => 'D',
      hint: 'This one follows the organ.',
    },
  ],
  hint: 'Where is the spine, and on which side of it should the mask lie?',
  more: 'One mask lies on muscle and spine instead of on the organ in front of them.',
  why: '`axunet verify` compares label and anatomy, since shape and spacing of a mirrored label are perfect.',
};

export const session1: CourseSession = {
  name: 'session-1',
  title: 'Session 1: from scans to slices',
  minutes: 90,
  about:
    'What happens to a CT before a network sees it: orientation, spacing, window, slices, and the traps on the way.',
  setup: [],
  opening:
    'Everybody runs the first cell now: it makes six patients, once, in some seconds. Show the picture of section ' +
    '"One frame for all patients" while it runs, and ask on which side the liver is.',
  steps: [
    { part: 'verify', minutes: 5 },
    { part: 'orientation', minutes: 6 },
    { exercise: axesOfPatient },
    { part: 'window', minutes: 5 },
    { exercise: windowByHand },
    { exercise: organVolume },
    { exercise: tumourDiameter },
    { part: 'slices', minutes: 5 },
    { exercise: organShare },
    { exercise: emptyAnswer },
    { exercise: resampledTumour },
    {
      title: 'Slice by slice',
      text:
        'Patient 4 with its mask, in three planes. Click into the viewer and go through the slices with the wheel ' +
        'or with Page Up and Page Down, and press h for the other keys. Follow the organ from its tail at the ' +
        'spleen to its head in the loop of the duodenum.',
      code: [
        'const { image, label } = await course.canonicalPatient(4);',
        "await ax.viewVolume(image, { mask: label, name: 'patient 4' });",
      ].join('\n'),
      minutes: 5,
    },
    { exercise: windowWithMargin },
    { exercise: whoDecides },
    { exercise: mirroredLabel },
    { part: 'overlay', minutes: 4 },
  ],
  closing: [
    'Numbers without spacing are not sizes.',
    'Image and label move together, by the affine, never by habit.',
    'Look at masks before you train; a program cannot know that a mirrored label is wrong, but you see it.',
    'What chooses anything must not be tested on.',
  ],
};
