/**
 * Every public data set that the notebooks, figures and tests name: what it is, whose it is, under which licence,
 * how to get it, and the layout that `openDataset` expects. data/README.md shows the same entries as a table.
 */
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';
import { readTextSync } from '../io/files.ts';
import { checkShape, list, natural, object, parseJson, text } from '../io/schema.ts';

/** A file of a data set that can be downloaded, with what its bytes must be. */
export interface RemoteFile {
  /** Where the file goes, relative to the set's folder. */
  readonly path: string;
  readonly url: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly md5?: string;
}

/** One archive to unpack, or the files listed in manifests/<name>.json, which may need converting to NIfTI. */
export type Source =
  | { readonly archive: RemoteFile }
  | { readonly manifest: string; readonly convert?: 'segment-arrays' };

/** What the project knows about a public data set: source, licence, citation, layout, and how to get it. */
export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  /** `volumes` and `pictures` have images with labels, `masks` no CT, `files` are inputs of tests. */
  readonly kind: 'volumes' | 'pictures' | 'masks' | 'files';
  readonly content: string;
  /** Public page. */
  readonly source: string;
  readonly licence: string;
  readonly citation: string;
  readonly sizeMb: number;
  readonly howToGet: string;
  /** What lies in the set's folder, one path per line. */
  readonly layout: readonly string[];
  readonly download?: Source;
}

const tcia =
  'Roth H, Farag A, Turkbey EB, Lu L, Liu J, Summers RM. Data From Pancreas-CT. The Cancer Imaging Archive, 2016. ' +
  'doi:10.7937/K9/TCIA.2016.tNB1kqBU';
const decathlon =
  'Antonelli M et al. The Medical Segmentation Decathlon. Nat Commun 13, 4128 (2022). doi:10.1038/s41467-022-30695-9';
const byCommand = (name: string): string => `\`axunet data ${name} --download\``;

/** The data sets that the project knows, in the order in which `axunet data` lists them. */
export const registry: readonly DatasetEntry[] = [
  {
    name: 'phantom',
    title: 'Phantom cohort',
    kind: 'volumes',
    content: 'Synthetic CT-like abdominal volumes with pancreas (1) and tumour (2), made on this machine from a seed',
    source: 'this project',
    licence: 'MIT',
    citation: 'this project (CITATION.cff)',
    sizeMb: 60,
    howToGet: '`axunet phantom` makes it; `npm start` does so by itself',
    layout: ['imagesTr/<id>.nii.gz', 'labelsTr/<id>.nii.gz', 'dataset.json'],
  },
  {
    name: 'nih-2d',
    title: 'NIH Pancreas-CT, 2-D slices',
    kind: 'pictures',
    content:
      '199 slices (512×512, 8-bit windowed JPEG, spine at the top) of 43 patients with pancreas masks (foreground ' +
      'above 127)',
    source: 'https://github.com/atlan-antillia/Tensorflow-Image-Segmentation-Pancreas',
    licence: 'CC BY 3.0',
    citation: tcia,
    sizeMb: 7,
    howToGet: byCommand('nih-2d'),
    layout: ['images/PANCREAS_0001-1106.jpg', 'masks/PANCREAS_0001-1106.jpg'],
    download: { manifest: 'nih-2d' },
  },
  {
    name: 'nih-pancreas-ct',
    title: 'NIH Pancreas-CT',
    kind: 'volumes',
    content:
      '80 contrast-enhanced abdominal CT (512×512×181–466) of patients without pancreatic lesion, pancreas ' +
      'outlined by hand; cases 25 and 70 were withdrawn',
    source: 'https://www.cancerimagingarchive.net/collection/pancreas-ct/',
    licence: 'CC BY 3.0',
    citation: tcia,
    sizeMb: 9500,
    howToGet:
      'the collection page: fetch the DICOM series with the NBIA Data Retriever and unpack the label archive beside ' +
      'them; the folders PANCREAS_0001, … are read as they are, or converted to PANCREAS_0001.nii.gz, …; labels that ' +
      'are mirrored against them are recognised and turned',
    layout: [
      'PANCREAS_0001/ (DICOM) or PANCREAS_0001.nii.gz',
      'label0001.nii.gz',
      '(one folder or several, such as images/ and labels/)',
    ],
  },
  {
    name: 'msd-task07',
    title: 'Medical Segmentation Decathlon, Task07 Pancreas',
    kind: 'volumes',
    content:
      '281 labelled portal venous CT (pancreas 1, tumour 2) and 139 without labels, Memorial Sloan Kettering ' +
      'Cancer Center',
    source: 'http://medicaldecathlon.com',
    licence: 'CC BY-SA 4.0',
    citation: decathlon,
    sizeMb: 11450,
    howToGet: byCommand('msd-task07'),
    layout: ['imagesTr/pancreas_001.nii.gz', 'labelsTr/pancreas_001.nii.gz', 'imagesTs/', 'dataset.json'],
    download: {
      // The md5 is the one that MONAI's DecathlonDataset checks.
      archive: {
        path: 'Task07_Pancreas.tar',
        url: 'https://msd-for-monai.s3-us-west-2.amazonaws.com/Task07_Pancreas.tar',
        md5: '4f7080cfca169fa8066d17ce6eb061e4',
      },
    },
  },
  {
    name: 'totalsegmentator',
    title: 'TotalSegmentator test files',
    kind: 'volumes',
    content:
      'An abdominal CT (3 mm), 30 of its slices (`example_ct_sm`) with their segmentation (label 7 = pancreas), ' +
      'and a 20-slice CT as DICOM with its label',
    source: 'https://github.com/wasserth/TotalSegmentator',
    licence: 'Apache-2.0',
    citation:
      'Wasserthal J et al. TotalSegmentator: robust segmentation of 104 anatomic structures in CT images. Radiol ' +
      'Artif Intell 5(5), e230024 (2023). doi:10.1148/ryai.230024',
    sizeMb: 6,
    howToGet: byCommand('totalsegmentator'),
    layout: ['example_ct.nii.gz (no label)', 'example_ct_sm.nii.gz', 'example_seg.nii.gz', 'example_ct_dicom/'],
    download: { manifest: 'totalsegmentator' },
  },
  {
    name: 'panorama',
    title: 'PANORAMA labels',
    kind: 'masks',
    content: '50 of the 2238 public masks: PDAC lesion 1, veins 2, arteries 3, pancreas 4, duct 5, bile duct 6',
    source: 'https://github.com/DIAGNijmegen/panorama_labels',
    licence: 'CC BY-NC 4.0 (show only aggregate plots and numbers)',
    citation: 'Alves N et al. The PANORAMA study protocol. Zenodo, 2024. doi:10.5281/zenodo.10599559',
    sizeMb: 36,
    howToGet: `${byCommand('panorama')}; the CT volumes: Zenodo records 13715870, 13742336, 11034011, 10999754`,
    layout: ['masks/100005_00001.nii.gz'],
    download: { manifest: 'panorama' },
  },
  {
    name: 'segloss-odyssey-pancreas',
    title: 'Loss Odyssey, pancreas test masks',
    kind: 'masks',
    content:
      '24 pancreas test cases: the expert mask and the masks of networks trained with CE, Dice, DiceBD, DiceFocal, ' +
      'DiceHD, Focal, GDice and WCE',
    source: 'https://github.com/modaresimr/evalseg',
    licence: 'CC BY-SA 4.0 (MSD Task07), CC BY 3.0 (NIH)',
    citation:
      'Ma J et al. Loss odyssey in medical image segmentation. Med Image Anal 71, 102035 (2021). ' +
      'doi:10.1016/j.media.2021.102035',
    sizeMb: 3,
    howToGet:
      `${byCommand('segloss-odyssey-pancreas')}, ` + 'which also turns the pickled arrays of the repository into NIfTI',
    layout: [
      'masks/021_gt.nii.gz (expert)',
      'masks/021_Dice.nii.gz (network, by its loss)',
      'pickled/ (as downloaded)',
    ],
    download: { manifest: 'segloss-odyssey-pancreas', convert: 'segment-arrays' },
  },
  {
    name: 'pyradiomics',
    title: 'PyRadiomics baseline',
    kind: 'files',
    content:
      'brain1 and breast1 (NRRD image and label) with the feature values that PyRadiomics publishes for its own tests',
    source: 'https://github.com/AIM-Harvard/pyradiomics',
    licence: 'BSD-3-Clause',
    citation:
      'van Griethuysen JJM et al. Computational radiomics system to decode the radiographic phenotype. Cancer Res ' +
      '77(21), e104 (2017). doi:10.1158/0008-5472.CAN-17-0339',
    sizeMb: 3,
    howToGet: byCommand('pyradiomics'),
    layout: ['brain1_image.nrrd', 'brain1_label.nrrd', 'baseline/*.csv'],
    download: { manifest: 'pyradiomics' },
  },
  {
    name: 'ibsi',
    title: 'IBSI-1 digital phantom',
    kind: 'files',
    content:
      'The 5×4×4 phantom of the Image Biomarker Standardisation Initiative with its mask; the consensus values are ' +
      'in the IBSI manual',
    source: 'https://github.com/theibsi/data_sets',
    licence: 'CC BY 4.0',
    citation:
      'Zwanenburg A et al. The Image Biomarker Standardization Initiative. Radiology 295(2), 328 (2020). ' +
      'doi:10.1148/radiol.2020191145',
    sizeMb: 0.001,
    howToGet: byCommand('ibsi'),
    layout: ['dig_phantom.nii.gz', 'dig_mask.nii.gz'],
    download: { manifest: 'ibsi' },
  },
  {
    name: 'nifti-io',
    title: 'NIfTI files of many kinds',
    kind: 'files',
    content:
      'Test images of three NIfTI readers: both byte orders, NIfTI-1 and -2, all orientations, and files to refuse',
    source:
      'https://github.com/nipy/nibabel, https://github.com/niivue/niivue, https://github.com/rii-mango/NIFTI-Reader-JS',
    licence: 'MIT (nibabel, NIFTI-Reader-JS), BSD-2-Clause (niivue)',
    citation: 'Brett M et al. nibabel. doi:10.5281/zenodo.591597',
    sizeMb: 5,
    howToGet: 'the test data folders of the three repositories',
    layout: ['nibabel/', 'niivue/', 'nifti-reader-js/'],
  },
  {
    name: 'dicom',
    title: 'One CT slice in six DICOM transfer syntaxes',
    kind: 'files',
    content: 'Explicit and implicit, little and big endian, deflated, RLE and JPEG 2000',
    source: 'https://github.com/cornerstonejs/cornerstone3D',
    licence: 'MIT',
    citation: 'Cornerstone3D, Open Health Imaging Foundation',
    sizeMb: 2.2,
    howToGet: 'the test images of the repository',
    layout: ['cornerstone/*.dcm'],
  },
];

/** The entry of that name; undefined where there is none. */
export const findDataset = (name: string): DatasetEntry | undefined => registry.find((entry) => entry.name === name);

/** An entry by its name; throws a UserError listing the names when there is none. */
export function datasetEntry(name: string): DatasetEntry {
  const entry = findDataset(name);
  if (!entry)
    throw new UserError(`There is no data set called "${name}"; there are ${registry.map((e) => e.name).join(', ')}`);
  return entry;
}

const manifestOfFiles = object({
  base: text,
  files: list(object({ path: text, url: text, bytes: natural, sha256: text })),
});

/** The files of a set with their addresses and checksums; empty where no public address is known. */
export function remoteFiles({ download }: DatasetEntry): RemoteFile[] {
  if (!download) return [];
  if ('archive' in download) return [download.archive];
  const file = fileURLToPath(new URL(`./manifests/${download.manifest}.json`, import.meta.url));
  const manifest = checkShape(parseJson(readTextSync(file, 'a list of files')), manifestOfFiles, file);
  return manifest.files.map((entry) => ({ ...entry, url: manifest.base + entry.url }));
}
