/** Decoders of packed DICOM pixels, whose binaries lie on the disk in memory. */
import startCharls from '@cornerstonejs/codec-charls/decodewasmjs';
import startOpenjpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { bytesAt } from './fs.ts';

/** The formats by name. */
export type CodecName = keyof typeof starters;

const starters = {
  'JPEG 2000': [startOpenjpeg, '/axunet/codecs/openjpeg.wasm'],
  'JPEG-LS': [startCharls, '/axunet/codecs/charls.wasm'],
} as const;

/** What starts the decoder of a format. */
export function codecStarter<Module>(name: CodecName): (options: object) => Promise<Module> {
  const [start, file] = starters[name];
  return (options) => start({ ...options, wasmBinary: bytesAt(file) }) as Promise<Module>;
}
