/** Pictures with masks, against PyRadiomics and against the same pixels as a volume of one slice. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGreyPng } from '../../lib/io/greyPng.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { arePictures, asSlice, openPictures, settingsForPictures, valuesOf } from '../../lib/radiomics/pictures.ts';
import { makeRecord, makeRecords } from '../../lib/radiomics/record.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { settings as environment } from '../../lib/settings.ts';
import { differences } from './peer/peer.ts';

interface Peer {
  readonly formula: { spacingMm: number | null; windowHu: [number, number] | null; values: Record<string, number> }[];
  readonly crops: { file: string; values: Record<string, number> }[];
}
const peer: Peer = JSON.parse(readFileSync(new URL('peer/pictures.json', import.meta.url), 'utf8'));

/** The picture and region of peer/pictures.py. */
const [width, height] = [40, 30];
const at = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)] as const);
const grey = Uint8Array.from(at, ([x, y]) => (5 * x + 3 * y + ((x * x * 577 + y * 313 + x * y * 37) % 61)) % 256);
const organ = Uint8Array.from(at, ([x, y]) =>
  Number((x - 20) ** 2 * 100 + (y - 15) ** 2 * 225 <= 22500 && !(x > 24 && y < 12)),
);

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);
const png = (name: string, data: Uint8Array): void => writeFileSync(file(name), encodeGreyPng({ data, width, height }));
beforeAll(() => {
  png('grey.png', grey);
  png(
    'mask.png',
    organ.map((v) => 255 * v),
  );
});

const settings = radiomicsSettings();

describe('features of a picture', () => {
  it.each(peer.formula)("are PyRadiomics' (3.0.1, force2D) with a pixel of $spacingMm mm", async (run) => {
    const scale = {
      ...(run.spacingMm !== null && { spacingMm: run.spacingMm }),
      ...(run.windowHu && { windowHu: run.windowHu }),
    };
    const record = await makeRecord(file('grey.png'), file('mask.png'), settings, undefined, scale);
    expect(Object.keys(run.values)).toHaveLength(102);
    expect(differences(record.features as Record<string, number>, run.values)).toEqual([]);
    expect(record.made.picture).toEqual({ spacingMm: run.spacingMm, windowHu: run.windowHu });
    expect(record.made.settings).toMatchObject({ force2D: true, aggregation: '2.5d-average' });
    expect(record.warnings).toEqual([]);
  });

  it('are those of the same pixels in a volume of one slice, to the last bit', async () => {
    const [low, high] = [-100, 240];
    const spacing = 0.75; // exact in the single precision of NIfTI
    const hu = Float64Array.from(grey, (v) => low + (v * (high - low)) / 255);
    await writeNifti(file('slice.nii'), asSlice(hu, { width, height }, spacing));
    await writeNifti(file('region.nii'), asSlice(organ, { width, height }, spacing));
    const plane = settingsForPictures(settings);
    const volume = await makeRecord(file('slice.nii'), file('region.nii'), plane);
    const scale = { spacingMm: spacing, windowHu: [low, high] as const };
    const picture = await makeRecord(file('grey.png'), file('mask.png'), settings, undefined, scale);
    expect(picture.features).toEqual(volume.features);
  });

  it('are in pixels and grey values where nothing else is said', async () => {
    const { features, made } = await makeRecord(file('grey.png'), file('mask.png'), settings);
    const inside = [...grey].filter((_, i) => organ[i]);
    expect(features.original_shape2D_PixelSurface).toBe(inside.length);
    expect(features.original_firstorder_Maximum).toBe(Math.max(...inside));
    expect(made.picture).toEqual({ spacingMm: null, windowHu: null });
  });
});

describe('openPictures', () => {
  it('takes what is brighter than 127 for label 1, grey below for background with a warning', async () => {
    png(
      'grey-mask.png',
      Uint8Array.from(organ, (v, i) => (v ? 200 : i % 2) * (v || 100)),
    );
    const { mask, maskWarnings } = await openPictures(file('grey.png'), file('grey-mask.png'), {});
    expect(mask.data).toEqual(organ);
    expect(maskWarnings).toEqual([expect.stringContaining('pixels of grey (100) count as background')]);
  });

  it('takes small numbers for labels, each to be chosen', async () => {
    const labels = organ.map((v, i) => (v ? 1 + (i % 2) : 0));
    png('labels.png', labels);
    const [one, two, three] = await makeRecords(file('grey.png'), file('labels.png'), settings, [1, 2, 3]);
    const count = (value: number): number => labels.filter((v) => v === value).length;
    expect([one, two]).toMatchObject([{ voxels: count(1) }, { voxels: count(2), made: { settings: { label: 2 } } }]);
    expect(three).toMatchObject({ message: expect.stringMatching(/^Expected label 3 .*only 2, 1|only 1, 2/) });
  });

  it('refuses a picture with a volume, another size, and a window that is none', async () => {
    const [image, mask] = [file('grey.png'), file('mask.png')];
    expect(() => arePictures(image, 'mask.nii.gz')).toThrow(
      /^Expected a picture as the mask of .*grey\.png, found another kind of file in mask\.nii\.gz$/,
    );
    expect(() => arePictures('ct.nii', mask)).toThrow(/^Expected a volume as the mask of ct\.nii/);
    writeFileSync(file('small.png'), encodeGreyPng({ data: new Uint8Array(4).fill(255), width: 2, height: 2 }));
    await expect(makeRecord(image, file('small.png'), settings)).rejects.toThrow(
      /^Expected image and mask on the same grid, found shape 40×30×1 against 2×2×1 in .*small\.png$/,
    );
    expect(() => valuesOf({ data: grey, width, height }, [10, 10])).toThrow('low < high, found 10,10');
    const series = makeRecord(image, mask, settings, undefined, { series: '1' });
    await expect(series).rejects.toThrow('Expected a DICOM folder to choose a series of, found a picture');
  });
});

describe('settingsForPictures', () => {
  it('has shape2D for shape unless families or features were chosen', () => {
    expect(settingsForPictures(settings).families).toEqual([
      ...['shape2D', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm'],
    ]);
    expect(settingsForPictures(radiomicsSettings({ families: ['shape'] })).families).toEqual(['shape']);
    expect(settingsForPictures(radiomicsSettings({ features: ['glcm'] })).families).toEqual(settings.families);
    expect(settingsForPictures(radiomicsSettings({ aggregation: '3d-merge' })).aggregation).toBe('2.5d-merge');
    expect(settingsForPictures(radiomicsSettings({ aggregation: '2d-average' })).aggregation).toBe('2d-average');
  });
});

const crops = environment.sharedFolder && path.join(environment.sharedFolder, 'data', 'pancreas-crops');
describe.skipIf(!crops || !existsSync(crops))('masks of real crops (needs ../shared/data/pancreas-crops)', () => {
  it("have PyRadiomics' features, relative 1e-6", async () => {
    const spacing = new Map<string, number>(
      JSON.parse(readFileSync(path.join(crops!, 'slices.json'), 'utf8')).map((one: any) => [
        one.file,
        one.spacing_xy?.[0],
      ]),
    );
    expect(peer.crops.length).toBeGreaterThan(5);
    for (const { file: name, values } of peer.crops) {
      const places = ['images', 'masks'].map((kind) => path.join(crops!, kind, name)) as [string, string];
      const scale = { spacingMm: spacing.get(name)!, windowHu: [-150, 250] as const };
      const { features } = await makeRecord(...places, settings, undefined, scale);
      expect(differences(features as Record<string, number>, values), name).toEqual([]);
    }
  });
});
