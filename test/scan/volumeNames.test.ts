import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isDicomName, isDicomScan, volumeName, volumesAt } from '../../lib/scan/volumeNames.ts';
import { ctSlice } from '../dicom/makeDicom.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'axunet-names-'));
afterAll(() => rmSync(root, { recursive: true }));
function put(name: string, content: Uint8Array | string = ''): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe('the name of a volume', () => {
  it('is that of its file without the ending of the format, or of its folder', () => {
    const names = ['a.nii.gz', 'B.NII', 'c.hdr', 'd.nrrd', 'e.nhdr', 'f.mha', 'g.mhd', 'h.dcm', 'i.1', 'scan/CT/'];
    expect(names.map(volumeName)).toEqual(['a', 'B', 'c', 'd', 'e', 'f', 'g', 'h', 'i.1', 'CT']);
    expect(names.filter(isDicomName)).toEqual(['h.dcm', 'i.1', 'scan/CT/']);
  });
});

describe('the volumes at a place', () => {
  it('are a file, a folder of DICOM files, or what lies in another folder', () => {
    put('p/slices/1', ctSlice(0));
    put('q/study/series/1', ctSlice(0));
    put('r/notes.txt');
    put('b.nii.gz');
    put('a.mha');
    put('a.raw');
    put('.hidden.nii');
    const inside = ['a.mha', 'b.nii.gz', 'p', 'q'].map((name) => path.join(root, name));
    expect(volumesAt(root)).toEqual(inside);
    expect(volumesAt(path.join(root, 'p/slices'))).toEqual([path.join(root, 'p/slices')]);
    expect(volumesAt(path.join(root, 'p/slices/1'))).toHaveLength(1);
    expect(volumesAt(path.join(root, 'r'))).toEqual([]);
    expect(volumesAt(path.join(root, 'a.raw'))).toEqual([]);
    expect(['p', 'q', 'r'].map((name) => isDicomScan(path.join(root, name)))).toEqual([true, true, false]);
  });
  it('are the DICOM files of a folder, not the label beside them', () => {
    const folder = path.dirname(put('s/1', ctSlice(0)));
    put('s/label.nii.gz');
    expect(volumesAt(folder)).toEqual([folder]);
  });
});
