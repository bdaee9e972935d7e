/** A data set on disk as the other files know it: its cases, and what its label values mean. */

/** A class that is kept apart: 1 for the first of a list, 2 for the second, … See classes.ts. */
export interface LabelClass {
  /** Stands in tables, and in file names. */
  readonly name: string;
  /** Stored values that mean it; predicted masks have the first of them. */
  readonly values: readonly number[];
}

/** An image and its label, and whose they are. */
export interface Case {
  readonly id: string;
  /** Several cases may belong to one patient; folds are made of patients. */
  readonly patient: string;
  readonly image: string;
  /** Which series of a DICOM image is meant; undefined where it has one. */
  readonly series?: string;
  /** Absent where the image has no label. */
  readonly label?: string;
  /** Where there is no label, one whose name differs in capital letters alone; it is not taken. */
  readonly almostLabel?: string;
  /** What folds are balanced by, such as `tumour` and `normal`. */
  readonly group?: string;
  /** 2-D sources only: the slice number in the file name. */
  readonly z?: number;
}

/**
 * Stored label value → class (0 background, 1 pancreas, further ones where classes are kept apart). Background is
 * always 0 → 0 and need not be listed.
 */
export type LabelMap = Readonly<Record<number, number>>;

/** What the stored values of a set's labels mean. */
export interface LabelRules {
  readonly labelMap: LabelMap;
  /** What a stored value is that the map does not list: an error, or background, or `assumed`: nobody gave a map. */
  readonly otherLabels?: 'background' | 'assumed';
  /** The classes of the map by name, where they are kept apart; absent: all foreground is pancreas. */
  readonly classes?: readonly LabelClass[];
}

/** A data set as opened: its cases and what has to be known to read their labels. */
export interface CaseList extends LabelRules {
  readonly dataset: string;
  readonly kind: '3d' | '2d';
  readonly folder: string;
  readonly cases: Case[];
  /** Its images were made by a program; nobody was scanned. */
  readonly isSynthetic?: boolean;
  /** What the set's own dataset.json calls the stored values. */
  readonly labelNames?: Readonly<Record<number, string>>;
  /** 2-D source stored spine-up: turn it so that row 0 is anterior. */
  readonly imageFlipY?: boolean;
  /** Labels of this set are mirrored in y now and then: `alignLabel`, which looks at the data, places them. */
  readonly detectLabelFlip?: boolean;
  /** Label files that no image asks for. */
  readonly unmatchedLabels?: string[];
  /** Cases that the set's own dataset.json lists and that are not on disk. */
  readonly missingCases?: string[];
}

/** What the user says of the labels of a set that is opened. */
export interface OpenOptions {
  /** Replaces the map that the layout implies. */
  labelMap?: LabelMap;
  /** Values that `labelMap` does not list are background instead of an error. */
  otherLabels?: 'background';
  /** The classes of `labelMap` by name. */
  classes?: readonly LabelClass[];
  /** Which series is meant of each DICOM folder, as readDicom takes it. */
  series?: string;
}
