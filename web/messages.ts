/** What the page and its worker say to each other. */

/** A file that was dropped: its path below what was dropped, and its bytes. */
export interface Dropped {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** To the worker: what the page brings along, then what to do. */
export type Order =
  | { readonly kind: 'start'; readonly files: readonly Dropped[]; readonly binaries: readonly Dropped[] }
  | { readonly kind: 'segment'; readonly files: readonly Dropped[]; readonly series?: string };

/** What was found in a scan or picture. */
export interface Result {
  readonly name: string;
  readonly maskName: string;
  /** The bytes of the mask's file, as `axunet predict` writes it. */
  readonly mask: Uint8Array;
  /** What `axunet predict` says is odd, one phrase each. */
  readonly warnings: readonly string[];
  /** The first row is the heading. */
  readonly table: readonly (readonly string[])[];
  /** The viewer's page, of volumes. */
  readonly viewer?: string;
  /** Of pictures: grey, and 1 inside of the mask. */
  readonly picture?: Picture;
  /** Seconds from the files to the mask. */
  readonly seconds: number;
  readonly engine: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
  readonly mask: Uint8Array;
}

/** From the worker. */
export type News =
  | { readonly kind: 'network'; readonly sentences: readonly string[] }
  | { readonly kind: 'progress'; readonly share: number; readonly note: string }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'refused'; readonly reason: string };
