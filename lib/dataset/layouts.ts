/** One function per layout on disk; each returns the same `CaseList`. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { dicomLabelsIn } from '../dicomLabels/readLabel.ts';
import { aName, cleanText, expected, isName, shownText } from '../errors.ts';
import {
  anything,
  dictionary,
  either,
  list,
  object,
  oneLine,
  optional,
  readJsonAs,
  type Shape,
  text,
} from '../io/schema.ts';
import { isDicomScan, readableVolumes, volumeEndings, volumeName, volumesAt } from '../scan/volumeNames.ts';
import type { Case, CaseList, LabelMap, LabelRules, OpenOptions } from './caseList.ts';
import { labelMapOf, labelNames } from './labelNames.ts';
import {
  dicomFoldersIn,
  listFiles,
  type NamedFile,
  nihSlice,
  pairById,
  picturesIn,
  stemOf,
  volumesIn,
} from './pairing.ts';
import { segmentNames } from './segmentNames.ts';
import { isSyntheticSet } from './synthetic.ts';

/** What we use of dataset.json: the Decathlon's form, nnU-Net version 1 (the same) and version 2. */
const datasetSchema = object({
  /** Decathlon, version 1: {"1": "pancreas"}; version 2: {"pancreas": 1} or {"pancreas": [1, 2]} for regions. */
  labels: optional(dictionary(anything)),
  file_ending: optional(text),
  /** A text, a list of one, or, as MONAI writes several channels, a list of files for `image`. */
  training: optional(
    list(
      either([
        text,
        object({
          image: optional(either([text, list(text)])),
          label: optional(anything),
          group: optional(oneLine),
        }),
        list(text),
      ]),
    ),
  ),
  groups: optional(dictionary(oneLine)),
  generator: optional(anything),
});
type DatasetJson = Shape<typeof datasetSchema>;

/** The user's label map, else the one that the layout implies. */
function declaredLabels({ labelMap, otherLabels, classes }: OpenOptions, implied: () => LabelMap): LabelRules {
  return { labelMap: labelMap ?? implied(), ...(otherLabels && { otherLabels }), ...(classes && { classes }) };
}

/** The id of a path in dataset.json; one written on Windows has backslashes. */
const idInJson = (file: string): string => {
  const name = file.split(/[\\/]/).at(-1)!;
  return (stemOf(name, volumeEndings) ?? name.normalize('NFC')).replace(/_0000$/, '');
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The group of each case in dataset.json's list, if any; a case may stand there as an object, a text or a list. */
function listedCases({ training = [] }: DatasetJson): Map<string, string | undefined> {
  const cases = new Map<string, string | undefined>();
  for (const entry of training) {
    const { image, group } = typeof entry === 'string' || isList(entry) ? { image: entry } : entry;
    const [first] = [image].flat();
    if (first !== undefined) cases.set(idInJson(first), group);
  }
  return cases;
}

/** nnU-Net's `file_ending` with its dot, in small letters, as files are compared with it. */
function endingOf(ending: string, file: string): string {
  const wanted = `.${ending.replace(/^\./, '').toLowerCase()}`;
  if (volumeEndings.includes(wanted)) return wanted;
  throw expected(`file_ending to be one of ${volumeEndings.join(', ')}`, shownText(ending), file);
}

/**
 * The Decathlon's and nnU-Net's layout: imagesTr/<id>.nii.gz or <id>_0000.nii.gz, labelsTr/<id>.nii.gz, dataset.json.
 * Pairs what is on disk; a case that dataset.json lists and that is not there is named in `missingCases`.
 */
export async function openNnunet(folder: string, dataset: string, options: OpenOptions): Promise<CaseList> {
  const file = path.join(folder, 'dataset.json');
  if (!existsSync(path.join(folder, 'imagesTr')))
    throw expected('a folder imagesTr', existsSync(folder) ? 'none' : 'no such folder', folder);
  const json = existsSync(file) ? await readJsonAs(file, datasetSchema, 'the description of a data set') : {};
  const ending = json.file_ending === undefined ? undefined : endingOf(json.file_ending, file);
  const labels = json.labels ?? { 1: 'pancreas', 2: 'tumour' };
  const names = Object.fromEntries(labelNames(labels));
  const odd = Object.values(names).find((name) => !isName(name));
  if (odd !== undefined) throw expected(`names of labels (${aName})`, shownText(odd), file);
  const volumes = (part: string): NamedFile[] =>
    existsSync(path.join(folder, part)) ? volumesIn(listFiles(path.join(folder, part), 1), ending) : [];
  const images = [...volumes('imagesTr'), ...(ending ? [] : dicomFoldersIn(path.join(folder, 'imagesTr')))];
  const { pairs, unmatchedLabels } = pairById(images, volumes('labelsTr'));
  if (!pairs.length)
    throw expected(`images ending in ${ending ?? readableVolumes}`, 'none', path.join(folder, 'imagesTr'));
  const listed = listedCases(json);
  const groups = new Map(Object.entries(json.groups ?? {}).map(([id, group]) => [id.normalize('NFC'), group]));
  const found = new Set(pairs.map((pair) => pair.id));
  return {
    dataset,
    folder,
    kind: '3d',
    ...(isSyntheticSet(json.generator) && { isSynthetic: true }),
    unmatchedLabels,
    ...declaredLabels(options, () => labelMapOf(labels, file)),
    labelNames: names,
    missingCases: [...listed.keys()].filter((id) => !found.has(id)).map((id) => (isName(id) ? id : shownText(id))),
    cases: pairs.map((pair): Case => {
      const group = groups.get(pair.id) ?? listed.get(pair.id);
      return { ...pair, patient: pair.id, ...(group && { group }) };
    }),
  };
}

/** The folders of NIH Pancreas-CT as TCIA gives them: PANCREAS_0001, …, at most three levels down. */
function nihFolders(folder: string, depth = 3): NamedFile[] {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return inside.flatMap(({ name }) => {
    const file = path.join(folder, name);
    if (/^PANCREAS_\d{4}$/.test(name)) return isDicomScan(file) ? [{ id: name, file }] : [];
    return depth > 1 ? nihFolders(file, depth - 1) : [];
  });
}

/**
 * NIH Pancreas-CT: PANCREAS_0001 as a DICOM folder or converted to PANCREAS_0001.nii.gz, and label0001.nii.gz, in one
 * folder or several.
 */
export async function openNihVolumes(folder: string, dataset: string, options: OpenOptions): Promise<CaseList> {
  const images = nihFolders(folder);
  const labels: NamedFile[] = [];
  for (const { id, file } of volumesIn(listFiles(folder))) {
    const number = /(\d{4})(_0000)?$/.exec(id)?.[1];
    if (!number || !/^(pancreas|label)/i.test(id)) continue;
    const isLabel = /^label/i.test(id) || /label|mask|seg/i.test(path.relative(folder, path.dirname(file)));
    (isLabel ? labels : images).push({ id: `PANCREAS_${number}`, file });
  }
  if (!images.length)
    throw expected('PANCREAS_0001, … (DICOM folders) or PANCREAS_0001.nii.gz, …', 'no such file', folder);
  const { pairs, unmatchedLabels } = pairById(images, labels);
  const cases = pairs.map((pair) => ({ ...pair, patient: pair.id.slice('PANCREAS_'.length) }));
  return {
    dataset,
    folder,
    kind: '3d',
    ...declaredLabels(options, () => ({ 1: 1 })),
    unmatchedLabels,
    cases,
    detectLabelFlip: true,
  };
}

/**
 * 2-D pictures: images/ and masks/ with equal names. `PANCREAS_0005-1157.jpg` is patient 0005, slice 1157;
 * other names are patients of their own. The mask is foreground above 127, as JPEG leaves no clean 0 and 255.
 * The pictures of the 2-D NIH set are stored with the spine at the top.
 */
export async function openSlicePictures(folder: string, dataset: string, options: OpenOptions): Promise<CaseList> {
  const part = (name: string): NamedFile[] => {
    const place = path.join(folder, name);
    if (!existsSync(place)) throw expected(`a folder ${name}`, 'none', folder);
    return picturesIn(listFiles(place, 1));
  };
  const { pairs, unmatchedLabels } = pairById(part('images'), part('masks'));
  if (!pairs.length) throw expected('JPEG, PNG or TIFF pictures', 'none', path.join(folder, 'images'));
  const cases = pairs.map((pair): Case => ({ ...pair, patient: pair.id, ...nihSlice(pair.id) }));
  const spineUp = cases.some((c) => c.z !== undefined);
  return {
    dataset,
    folder,
    kind: '2d',
    ...declaredLabels(options, () => ({ 1: 1 })),
    unmatchedLabels,
    cases,
    imageFlipY: spineUp,
  };
}

/** TotalSegmentator numbers 117 structures; the pancreas is 7. */
const totalSegmentatorMap: LabelMap = Object.fromEntries(
  Array.from({ length: 117 }, (_, i) => [i + 1, i + 1 === 7 ? 1 : 0]),
);

/** TotalSegmentator's test files: the one CT that has a segmentation on its own grid. */
export async function openTotalSegmentator(folder: string, dataset: string, options: OpenOptions): Promise<CaseList> {
  const image = path.join(folder, 'example_ct_sm.nii.gz');
  const label = path.join(folder, 'example_seg.nii.gz');
  for (const file of [image, label]) if (!existsSync(file)) throw expected(path.basename(file), 'no such file', folder);
  const cases = [{ id: 'example_ct_sm', patient: 'totalsegmentator-example', image, label }];
  return { dataset, folder, kind: '3d', ...declaredLabels(options, () => totalSegmentatorMap), cases };
}

/** A folder with the image of one patient, and what is a label in it. */
function patientCase({ id, file }: NamedFile): Case {
  const labels = [...volumesIn(listFiles(file)).map((one) => one.file), ...dicomLabelsIn(file)];
  if (labels.length > 1)
    throw expected(`one label of ${id}`, labels.map((one) => cleanText(path.basename(one))).join(', '), file);
  return { id, patient: id, image: file, ...(labels[0] && { label: labels[0] }) };
}

/**
 * A folder a patient: a DICOM image, in the folder or below it, and one file with its label, DICOM-SEG and RTSTRUCT
 * too. A patient without a label is a case without one. Throws where a patient has several labels, where none has
 * DICOM, and where segments of one number have other names in other patients.
 */
export async function openPatients(folder: string, dataset: string, options: OpenOptions): Promise<CaseList> {
  const cases = dicomFoldersIn(folder).map(patientCase);
  if (cases.length === 0) throw expected('folders of patients with DICOM files', 'none', folder);
  const names = await segmentNames(cases);
  const rules = names && !options.labelMap ? { labelMap: labelMapOf(names, folder) } : assumedLabels(options);
  return { dataset, folder, kind: '3d', ...rules, ...(names && { labelNames: names }), cases };
}

/** Without a map the values 1 and 2 count, as in most pancreas sets; `verify` names any others. */
function assumedLabels(options: OpenOptions): LabelRules {
  const declared = declaredLabels(options, () => ({ 1: 1, 2: 1 }));
  return options.labelMap ? declared : { ...declared, otherLabels: 'assumed' };
}

/** One image and its label, or two folders whose volumes (or pictures) carry the same ids. */
export async function openPairs(image: string, label: string, options: OpenOptions): Promise<CaseList> {
  for (const file of [image, label])
    if (!existsSync(file)) throw expected('an image and a label', 'no such file or folder', file);
  const labels = assumedLabels(options);
  const [imageIsFolder, labelIsFolder] = [image, label].map((file) => statSync(file).isDirectory());
  if (imageIsFolder && !labelIsFolder && isDicomScan(image)) return openTwoFiles(image, label, labels);
  if (imageIsFolder !== labelIsFolder)
    throw expected('two files or two folders', 'one of each', `${image} and ${label}`);
  if (!imageIsFolder) return openTwoFiles(image, label, labels);
  const [imageFiles, labelFiles] = [listFiles(image, 1), listFiles(label, 1)] as [string[], string[]];
  const volumes = [...volumesIn(imageFiles), ...dicomFoldersIn(image)];
  const kind = volumes.length ? '3d' : '2d';
  const { pairs, unmatchedLabels } =
    kind === '3d' ? pairById(volumes, volumesIn(labelFiles)) : pairById(picturesIn(imageFiles), picturesIn(labelFiles));
  if (!pairs.length) throw expected(`volumes (${readableVolumes}) or JPEG, PNG or TIFF pictures`, 'none', image);
  const cases = pairs.map((pair) => ({ ...pair, patient: pair.id }));
  return {
    dataset: path.basename(path.dirname(image)),
    folder: path.dirname(image),
    kind,
    ...labels,
    unmatchedLabels,
    cases,
  };
}

/** Two files named by the user belong together whatever they are called. */
function openTwoFiles(image: string, label: string, labels: LabelRules): CaseList {
  const isVolume = volumesAt(image).length === 1;
  const id = isVolume ? volumeName(image) : picturesIn([image])[0]?.id;
  if (id === undefined)
    throw expected(
      `a volume (${readableVolumes}) or a picture (.jpg, .png, .tif)`,
      path.extname(image) || 'no ending',
      image,
    );
  return {
    dataset: id,
    folder: path.dirname(image),
    kind: isVolume ? '3d' : '2d',
    ...labels,
    cases: [{ id, patient: id, image, label }],
  };
}
