/** NIfTI bytes built by hand from the offsets in nifti1.h and nifti2.h, independent of the library's own writer. */

export interface Fields {
  version?: 1 | 2;
  bigEndian?: boolean;
  magic?: string;
  sizeofHeader?: number;
  dim?: number[];
  datatype?: number;
  pixdim?: number[];
  offset?: number;
  slope?: number;
  intercept?: number;
  units?: number;
  qformCode?: number;
  sformCode?: number;
  quatern?: [number, number, number];
  qoffset?: [number, number, number];
  srow?: number[];
  intentCode?: number;
  glmin?: number;
}

const floats = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** 348 or 540 bytes; a 2×3×4 volume of uint8 with 1 mm voxels unless told otherwise. */
export function header(fields: Fields = {}): Buffer {
  const v1 = (fields.version ?? 1) === 1;
  const bytes = Buffer.alloc(v1 ? 348 : 540);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const le = !fields.bigEndian;
  const int = (at1: number, at2: number, value: number): void =>
    v1 ? view.setInt16(at1, value, le) : view.setInt32(at2, value, le);
  const float = (at1: number, at2: number, values: number[]): void =>
    values.forEach((value, i) =>
      v1 ? view.setFloat32(at1 + 4 * i, value, le) : view.setFloat64(at2 + 8 * i, value, le),
    );
  const dim = fields.dim ?? [3, 2, 3, 4];
  view.setInt32(0, fields.sizeofHeader ?? bytes.length, le);
  [...dim, ...floats(8 - dim.length, 1)].forEach((n, i) =>
    v1 ? view.setInt16(40 + 2 * i, n, le) : view.setBigInt64(16 + 8 * i, BigInt(n), le),
  );
  view.setInt16(v1 ? 70 : 12, fields.datatype ?? 2, le);
  float(76, 104, fields.pixdim ?? floats(8, 1));
  if (v1) view.setFloat32(108, fields.offset ?? 352, le);
  else view.setBigInt64(168, BigInt(fields.offset ?? 544), le);
  float(112, 176, [fields.slope ?? 0]);
  float(116, 184, [fields.intercept ?? 0]);
  if (v1) bytes[123] = fields.units ?? 2;
  else view.setInt32(500, fields.units ?? 2, le);
  if (v1) view.setInt32(144, fields.glmin ?? 0, le);
  int(68, 504, fields.intentCode ?? 0);
  int(252, 344, fields.qformCode ?? 0);
  int(254, 348, fields.sformCode ?? 0);
  float(256, 352, fields.quatern ?? [0, 0, 0]);
  float(268, 376, fields.qoffset ?? [0, 0, 0]);
  float(280, 400, fields.srow ?? floats(12, 0));
  bytes.write(fields.magic ?? (v1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n'), v1 ? 344 : 4, 'latin1');
  return bytes;
}

/** A single-file image: header, padding up to the offset, voxels. */
export function single(voxels: Uint8Array, fields: Fields = {}): Buffer {
  const head = header(fields);
  const offset = fields.offset ?? head.length + 4;
  return Buffer.concat([head, Buffer.alloc(Math.max(0, offset - head.length)), voxels]);
}
