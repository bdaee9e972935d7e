/** A small DICOM file of each kind of packing, as bytes. */
import { encodeFlatJpeg, encodeJpegLossless, encodeRle, encodeWasm } from './encoders.ts';
import {
  ctElements,
  ctSlice,
  dicom,
  type Elements,
  encapsulated,
  height,
  pixelBytes,
  sliceValues,
  syntaxes,
  width,
} from './makeDicom.ts';

const frame = { width, height, bits: 16, isSigned: true };

/** Three frames of an enhanced CT. */
const enhanced = (): Buffer => {
  const { ImagePositionPatient: _, ...rest } = ctElements(0);
  const frames = [0, 1, 2].map((z) => ({ PlanePositionSequence: [{ ImagePositionPatient: `-20\\-30\\${2 * z}` }] }));
  return dicom(
    { ...rest, NumberOfFrames: 3, PerFrameFunctionalGroupsSequence: frames },
    { pixels: Buffer.concat([0, 1, 2].map((z) => pixelBytes(sliceValues(z)))) },
  );
};

/** Whole files by a word for each. */
export async function dicomExamples(): Promise<Record<string, Buffer>> {
  const values = sliceValues(0);
  const bytes = pixelBytes(values);
  const packed = (pixels: Buffer, name: keyof typeof syntaxes, more: Elements = {}): Buffer =>
    dicom(ctElements(0, more), { syntax: syntaxes[name], isPacked: true, pixels: encapsulated([[pixels]]) });
  const grey = { Rows: 8, Columns: 16, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0 };
  return {
    explicit: ctSlice(0),
    implicit: ctSlice(0, {}, { syntax: syntaxes.implicit }),
    bigEndian: ctSlice(0, {}, { syntax: syntaxes.bigEndian }),
    deflated: ctSlice(0, {}, { syntax: syntaxes.deflated }),
    bare: ctSlice(0, {}, { hasPreface: false }),
    padded: ctSlice(0, { PixelPaddingValue: 1003 }),
    enhanced: enhanced(),
    rle: packed(encodeRle(bytes, 2), 'rle'),
    jpeg: packed(encodeFlatJpeg([[10, 200]]), 'jpeg', grey),
    jpegLossless: packed(encodeJpegLossless(new Uint16Array(values.buffer), frame), 'jpegLosslessSv1'),
    jpegLs: packed(await encodeWasm('JPEG-LS', bytes, frame), 'jpegLs'),
    jpeg2000: packed(await encodeWasm('JPEG 2000', bytes, frame), 'jpeg2000'),
    htj2k: packed(await encodeWasm('HTJ2K', bytes, frame), 'htj2k'),
  };
}
