/** What set-up noted, as far as these functions look at it. */
interface Note {
  readonly ready?: { readonly folder: string; readonly library?: readonly string[]; readonly sha256?: readonly string[] };
}
export function noteFile(): string;
export function sha256File(file: string): Promise<string>;
export function checksums(folder: string): Promise<string[]>;
export function whyChanged(note?: Note): string | undefined;
export function whyDamaged(note?: Note): Promise<string | undefined>;

export function readNote(file?: string): { readonly ready?: Required<Note>['ready']; readonly rejected: object };
