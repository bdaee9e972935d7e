/** What is segmented, in the codes of SNOMED CT and DICOM (PS3.16, CID 7150, 7151 and 7162). */
import { cleanText, expected } from '../errors.ts';
import type { Elements } from './elements.ts';

/** One item of a code sequence. */
export const code = (value: string, scheme: 'SCT' | 'DCM', meaning: string): readonly Elements[] => [
  { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning },
];

const pancreas = code('15776009', 'SCT', 'Pancreas');

/** How a structure is coded and shown. */
export interface Structure {
  /** SNOMED's category (such as anatomical structure) and what it is. */
  readonly category: readonly Elements[];
  readonly type: readonly Elements[];
  /** Where it lies, if the type does not say so. */
  readonly region?: readonly Elements[];
  /** RT ROI Interpreted Type. */
  readonly roiType: string;
  /** Red, green and blue, 0 to 255. */
  readonly rgb: readonly [number, number, number];
}

const anatomy = code('123037004', 'SCT', 'Anatomical Structure');
const abnormal = code('49755003', 'SCT', 'Morphologically Abnormal Structure');

/** Structures that have codes, by the name that stands in `--labels`. */
export const structures = {
  pancreas: { category: anatomy, type: pancreas, roiType: 'ORGAN', rgb: [230, 159, 0] },
  tumour: {
    category: abnormal,
    type: code('4147007', 'SCT', 'Mass'),
    region: pancreas,
    roiType: '',
    rgb: [213, 94, 0],
  },
  duct: {
    category: anatomy,
    type: code('69930009', 'SCT', 'Pancreatic duct'),
    roiType: 'ORGAN',
    rgb: [0, 114, 178],
  },
} as const satisfies Readonly<Record<string, Structure>>;

export type StructureName = keyof typeof structures;

export const structureNames = Object.keys(structures) as StructureName[];

/** What a tumour is called in the names of labels, British and American, as a part of a regular expression. */
export const tumourWords = 'tumou?rs?|neoplasms?|cancers?|(?:adeno)?carcinomas?|pdac';

const pancreatic = '(?:pancrea(?:s|tic) )?';
const tumourName = new RegExp(`^${pancreatic}(?:${tumourWords})(?: lesions?| mass(?:es)?)?$`);
const ductName = new RegExp(`^${pancreatic}ducts?$`);

/**
 * The structure that the name of a label or class stands for: `tumor`, `PDAC`, `pancreatic_neoplasm` and the like are
 * `tumour`. Undefined where none with codes is known by it.
 */
export function structureCalled(name: string): StructureName | undefined {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  if (tumourName.test(words)) return 'tumour';
  if (ductName.test(words)) return 'duct';
  return structureNames.find((structure) => structure === words);
}

/** A value of a mask and what it stands for. */
export interface Label {
  readonly value: number;
  readonly name: StructureName;
}

/** What a mask of 0 and 1 says. */
export const pancreasOnly: readonly Label[] = [{ value: 1, name: 'pancreas' }];

/** Who made a mask. */
export interface MaskMaker {
  /** Undefined where the mask was drawn by hand. */
  readonly algorithm: { readonly name: string; readonly version: string } | undefined;
}

/** At most 64 characters of printable ASCII, as a name in any of DICOM's character sets may have. */
export const shortText = (text: string): string =>
  cleanText(text)
    .replace(/[^\x20-\x7e]|\\/g, '?')
    .slice(0, 64)
    .trim();

/** `Name` and `version` of the algorithm as items of DICOM's identification macro. */
export function algorithmItems({ algorithm }: MaskMaker): readonly Elements[] | undefined {
  if (!algorithm) return undefined;
  return [
    {
      AlgorithmFamilyCodeSequence: code('123110', 'DCM', 'Artificial Intelligence'),
      AlgorithmName: shortText(algorithm.name),
      AlgorithmVersion: shortText(algorithm.version),
    },
  ];
}

/**
 * Throws a UserError for a mask with a value that no label names, or with one that is no whole number; labels without
 * a voxel are fine.
 */
export function assertLabelled(data: ArrayLike<number>, labels: readonly Label[], what: string): void {
  const known = new Set([0, ...labels.map(({ value }) => value)]);
  for (let i = 0; i < data.length; i++)
    if (!known.has(data[i]!)) {
      const names = `values 0, ${labels.map(({ value, name }) => `${value} (${name})`).join(', ')} (or --labels)`;
      throw expected(names, `the value ${data[i]}`, what);
    }
}
