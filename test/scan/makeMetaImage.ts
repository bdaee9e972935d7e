/** MetaImage files made by hand for tests, from the format's description alone. */

/** Fields of the header by name; undefined leaves one out. ElementDataFile is written last. */
export type MetaFields = Record<string, string | undefined>;

const usual: MetaFields = {
  ObjectType: 'Image',
  NDims: '3',
  BinaryData: 'True',
  BinaryDataByteOrderMSB: 'False',
  CompressedData: 'False',
  TransformMatrix: '1 0 0 0 1 0 0 0 1',
  Offset: '0 0 0',
  ElementSpacing: '1 1 1',
  DimSize: '2 3 4',
  ElementType: 'MET_SHORT',
};

export function metaImage(voxels: Uint8Array, fields: MetaFields = {}, lineEnd = '\n'): Buffer {
  const { ElementDataFile = 'LOCAL', ...all } = { ...usual, ...fields };
  const lines = Object.entries({ ...all, ElementDataFile }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${value}${lineEnd}`],
  );
  return Buffer.concat([Buffer.from(lines.join('')), voxels]);
}
