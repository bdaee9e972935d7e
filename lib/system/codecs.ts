/** Decoders of packed DICOM pixels. What a browser has instead: browser/codecs.ts. */
import { createRequire } from 'node:module';

const packages = {
  'JPEG 2000': '@cornerstonejs/codec-openjpeg/decodewasmjs',
  'JPEG-LS': '@cornerstonejs/codec-charls/decodewasmjs',
} as const;
export type CodecName = keyof typeof packages;

/** Starts a module, which tells its lines to `print` and `printErr`. */
export type StartCodec<Module> = (options: {
  print(line: string): void;
  printErr(line: string): void;
}) => Promise<Module>;

/** What starts the decoder of a format, from the installed package. */
export const codecStarter = <Module>(name: CodecName): StartCodec<Module> =>
  createRequire(import.meta.url)(packages[name]) as StartCodec<Module>;
