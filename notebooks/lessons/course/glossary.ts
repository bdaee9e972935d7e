/** The words of the course, with their units. */

export interface Term {
  readonly term: string;
  /** Unit or range; empty for what is no number. */
  readonly unit: string;
  readonly meaning: string;
}

const term = (name: string, unit: string, meaning: string): Term => ({ term: name, unit, meaning });

export const glossary: readonly Term[] = [
  term(
    'affine',
    'mm',
    'the matrix from a voxel index to a place in the patient: orientation, spacing and origin in one',
  ),
  term('ASPP', '', 'atrous spatial pyramid pooling: convolutions whose taps lie several steps apart, side by side'),
  term(
    'AUC',
    '0 to 1',
    'the share of pairs (one ill, one healthy) in which the ill one has the higher value; 0.5 tells nothing',
  ),
  term('augmentation', '', 'random turns, scales, shifts and grey values of training slices, image and mask together'),
  term('Benjamini-Hochberg', 'p', 'a correction that holds the expected share of false findings among all findings'),
  term('bin width', 'HU', 'how many HU make one grey level of a texture feature; 25 by default'),
  term('calibration', '', 'whether of all who get a probability of 0.8 eight of ten are ill'),
  term('component', '', 'voxels of a mask that hang together'),
  term('confound', '', 'what differs between two groups beside the disease: scanner, spacing, age'),
  term('DSC, Dice', '0 to 1', '2 tp / (2 tp + fp + fn): twice the overlap of two masks over the sum of their sizes'),
  term('effect size', 'SD', "a difference of means in standard deviations, such as Hedges' g"),
  term('epoch', '', 'one pass over all training slices'),
  term('fold', '', 'a part of the patients that is tested while the others train'),
  term('ground truth', '', 'the mask that an expert drew; readers differ, so it is a reference rather than the truth'),
  term(
    'HD, HD95',
    'mm',
    'the largest distance between two surfaces, and its 95th percentile, of which three definitions are in use',
  ),
  term('Holm', 'p', 'a correction that holds the probability of even one false finding'),
  term(
    'HU',
    'HU',
    'Hounsfield unit: −1000 is air, 0 water, some 30 to 50 the pancreas without contrast medium, bone beyond 300',
  ),
  term(
    'ICC',
    '0 to 1',
    'intraclass correlation: the share of the variance that lies between patients and not between readers',
  ),
  term('imbalance', '%', 'how rare the organ is among all voxels: far below one in a hundred'),
  term('Jaccard, IoU', '0 to 1', 'tp / (tp + fp + fn); always below the DSC where that is below 1'),
  term('leakage', '', 'knowledge of the test patients that gets into training or into a choice'),
  term('loss', '', 'the number that training makes small'),
  term(
    'Mann-Whitney',
    'p',
    'a test of whether the values of one group tend to be the larger ones; it knows ranks only',
  ),
  term('mask, label', '', 'a volume that says of each voxel what it is: here 0 background, 1 pancreas, 2 tumour'),
  term(
    'NSD',
    '0 to 1',
    'normalised surface distance: how much of both surfaces lies within a tolerance in mm of the other',
  ),
  term(
    'orientation',
    '',
    'three letters that say towards which side of the patient the axes grow: R or L, A or P, S or I',
  ),
  term('overfitting', '', 'the training patients are learned by heart, and others do not gain'),
  term('p', '0 to 1', 'how often chance alone gives a difference at least as large, if there is none'),
  term('patch, window', 'mm', 'the part of a slice that the network sees; not to be taken for the CT window'),
  term(
    'permutation test',
    'p',
    'labels are shuffled many times, and the difference that was seen is compared with those that come out',
  ),
  term('phantom', '', 'a patient that a program has drawn, with a known truth'),
  term('pooled', '', 'counts of all slices of a patient are added before a ratio is taken'),
  term('power', '0 to 1', 'the probability that a test finds a difference of a given size'),
  term('precision', '0 to 1', 'tp / (tp + fp): how much of what was found is right'),
  term('radiomics', '', 'numbers that are computed from the image in a mask: first order, shape, texture'),
  term('recall, sensitivity', '0 to 1', 'tp / (tp + fn): how much of what is there was found'),
  term('resampling', 'mm', 'values on a grid of another spacing; `linear` for images, `nearest` for labels'),
  term('SD', 'that of the values', 'standard deviation; of a sample it divides by n − 1'),
  term('spacing', 'mm', 'distance of neighbouring voxels along x, y and z; the last one is often the largest'),
  term('threshold', '0 to 1', 'the probability from which a voxel counts as organ'),
  term('tp, fp, fn, tn', 'voxels', 'rightly found, wrongly found, missed, rightly left out'),
  term('validation, test', '', 'patients for choosing, and patients for judging what was chosen'),
  term('voxel', 'mm³', 'one box of a volume; as large as the product of its three spacings'),
  term("Welch's t test", 'p', 'a test of whether two means differ, whatever the spreads'),
  term('window (CT)', 'HU', 'the range of HU that is shown from black to white, such as −160 to 240'),
];
