/** What the checks of one case find, and the report that is made of it. */
import { messageOf } from '../errors.ts';
import { bytesOf } from '../io/bytes.ts';
import { sha256 } from '../io/files.ts';
import type { VoxelArray } from '../volume/volume.ts';
import type { Case } from './caseList.ts';
import { shortPath } from './cases.ts';

type CheckName =
  | 'pairing'
  | 'unreadable'
  | 'shape'
  | 'geometry'
  | 'orientation'
  | 'not-finite'
  | 'label-values'
  | 'empty-label'
  | 'hounsfield'
  | 'duplicate'
  | 'patients'
  | 'checksum';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly check: CheckName;
  readonly message: string;
  /** Absent for findings about the whole set. */
  readonly case?: string;
}

export interface CaseReport {
  readonly id: string;
  readonly patient: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly image: string;
  readonly label?: string;
  /** [x, y, z], or [width, height] of a picture. */
  readonly shape?: readonly number[];
  readonly spacingMm?: readonly number[];
  readonly orientation?: string;
  /** Smallest and largest finite value, HU for a CT. */
  readonly range?: readonly [number, number];
  /** Stored label value → number of voxels. */
  readonly labelValues?: Readonly<Record<string, number>>;
  readonly foregroundVoxels?: number;
  readonly foregroundMl?: number;
  readonly imageSha256?: string;
  readonly labelSha256?: string;
  readonly findings: readonly Finding[];
}

type Facts = { -readonly [K in keyof CaseReport]?: CaseReport[K] };

/** What is found of one case, while it is being checked. */
export class CaseChecks {
  readonly findings: Finding[] = [];
  readonly facts: Facts = {};
  readonly #id: string;
  constructor(id: string) {
    this.#id = id;
  }
  error(check: CheckName, message: string): void {
    this.findings.push({ severity: 'error', check, message, case: this.#id });
  }
  warn(check: CheckName, message: string): void {
    this.findings.push({ severity: 'warning', check, message, case: this.#id });
  }
  /** Reads a file or notes in one finding why that failed. */
  async read<T>(what: string, file: string, reader: (file: string) => Promise<T>): Promise<T | undefined> {
    try {
      return await reader(file);
    } catch (error) {
      this.error('unreadable', `${what} cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }
  /** The report, now that all is found. */
  finish({ id, patient, image, label }: Case): CaseReport {
    const worst = this.findings.length ? 'warning' : 'ok';
    const status = this.findings.some((f) => f.severity === 'error') ? 'error' : worst;
    return {
      id,
      patient,
      status,
      image: shortPath(image),
      ...(label && { label: shortPath(label) }),
      ...this.facts,
      findings: this.findings,
    };
  }
}

/** Equal only for equal shapes and voxels, however the file was compressed. */
export const contentHash = (shape: readonly number[], data: VoxelArray): string =>
  sha256(`${shape.join('×')} ${data.constructor.name} ${sha256(bytesOf(data))}`);

/** Smallest and largest finite value; undefined where there is none. */
export function finiteRange(data: VoxelArray): [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
