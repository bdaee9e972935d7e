/** Our made-up files as pydicom reads them, where AXUNET_PEER_PYTHON has it with pylibjpeg's decoders. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDicom } from '../../lib/dicom/readDicom.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { encodeJpegLossless, encodeRle, encodeWasm } from './encoders.ts';
import { temporaryFolders } from './folder.ts';
import { ctElements, ctSlice, dicom, type Elements, encapsulated, pixelBytes, syntaxes } from './makeDicom.ts';

const python = settings.peerPython;
const hasPeer = python !== undefined && spawnSync(python, ['-c', 'import pydicom, pylibjpeg']).status === 0;
const folderOf = temporaryFolders();

const [columns, rows] = [70, 50];
const size = { Rows: rows, Columns: columns };
const twelve = Uint16Array.from({ length: rows * columns }, (_, i) => (i * 37) % 4096);
const signed = Int16Array.from({ length: rows * columns }, (_, i) => ((i * 37) % 4000) - 2000);
const bits = { ...size, BitsStored: 12, HighBit: 11, PixelRepresentation: 0 };

async function files(): Promise<Record<string, Buffer>> {
  const frames = { twelve: { width: columns, height: rows, bits: 12, isSigned: false } };
  const signedFrame = { width: columns, height: rows, bits: 16, isSigned: true };
  const plain = (values: Int16Array | Uint16Array, elements: Elements, syntax: string): Buffer =>
    dicom(ctElements(0, elements), { syntax, pixels: pixelBytes(values, syntax === syntaxes.bigEndian) });
  const packed = (bytes: Buffer, elements: Elements, syntax: string): Buffer =>
    dicom(ctElements(0, elements), { syntax, isPacked: true, pixels: encapsulated([[bytes]]) });
  const made: Record<string, Buffer> = {
    slope: ctSlice(1, { RescaleSlope: '0.37', RescaleIntercept: '-3.5' }),
    'twelve-rle': packed(encodeRle(pixelBytes(twelve), 2), bits, syntaxes.rle),
    'twelve-lossless': packed(
      encodeJpegLossless(twelve, frames.twelve, { selection: 6, restartRows: 5 }),
      bits,
      syntaxes.jpegLossless,
    ),
    'twelve-sv1': packed(encodeJpegLossless(twelve, frames.twelve), bits, syntaxes.jpegLosslessSv1),
    'twelve-jls': packed(await encodeWasm('JPEG-LS', pixelBytes(twelve), frames.twelve), bits, syntaxes.jpegLs),
    'twelve-j2k': packed(await encodeWasm('JPEG 2000', pixelBytes(twelve), frames.twelve), bits, syntaxes.jpeg2000),
    'twelve-htj2k': packed(await encodeWasm('HTJ2K', pixelBytes(twelve), frames.twelve), bits, syntaxes.htj2k),
    'signed-j2k': packed(await encodeWasm('JPEG 2000', pixelBytes(signed), signedFrame), size, syntaxes.jpeg2000),
    'signed-rle': packed(encodeRle(pixelBytes(signed), 2), size, syntaxes.rle),
  };
  for (const name of ['implicit', 'explicit', 'bigEndian', 'deflated'] as const) {
    made[`twelve-${name}`] = plain(twelve, bits, syntaxes[name]);
    made[`signed-${name}`] = plain(signed, size, syntaxes[name]);
  }
  return made;
}

describe.skipIf(!hasPeer)('made-up files (needs AXUNET_PEER_PYTHON with pydicom and pylibjpeg)', () => {
  it('have the values that pydicom reads', async () => {
    const folder = folderOf(await files());
    const script = projectPath('test/dicom/pydicom_peer.py');
    const said = execFileSync(python!, [script, folder], { maxBuffer: 1 << 28 }).toString();
    const { values } = JSON.parse(said) as { values: Record<string, number[]> };
    const names = readdirSync(folder);
    expect(names.length).toBe(17);
    for (const name of names) {
      const { data } = await readDicom(path.join(folder, name));
      expect(Buffer.from(Float64Array.from(data).buffer), name).toEqual(
        Buffer.from(Float64Array.from(values[name]!).buffer),
      );
    }
  }, 60_000);
});
