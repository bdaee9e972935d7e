import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNifti } from '../../lib/io/nifti.ts';
import { extractFeatures } from '../../lib/radiomics/extract.ts';
import { radiomicsSettings } from '../../lib/radiomics/settings.ts';
import { settings } from '../../lib/settings.ts';
import { settingsFromPyRadiomics } from './pyradiomicsCases.ts';

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'totalsegmentator');
const isThere = Boolean(folder && existsSync(path.join(folder, 'example_ct_sm.nii.gz')));

interface Run {
  readonly name: string;
  readonly settings: Record<string, unknown>;
  readonly values: Record<string, number>;
}
const { runs } = JSON.parse(readFileSync(new URL('pyradiomicsCt.json', import.meta.url), 'utf8')) as { runs: Run[] };

describe.skipIf(!isThere)(
  'the pancreas of a CT against PyRadiomics 3.0.1 (needs ../shared/data/totalsegmentator)',
  () => {
    it.each(runs.map((run) => [run.name, run] as const))('%s: all features', async (name, run) => {
      const [image, mask] = await Promise.all(
        ['example_ct_sm', 'example_seg'].map((file) => readNifti(path.join(folder!, `${file}.nii.gz`))),
      );
      const {
        sigma = [],
        wavelet = 0,
        resegmentShape = false,
        ...others
      } = run.settings as { sigma?: number[]; wavelet?: number; resegmentShape?: boolean };
      const changes = {
        ...settingsFromPyRadiomics(others),
        resegmentShape,
        logSigmasMm: sigma.map((mm) => mm.toFixed(1)),
        waveletLevels: wavelet,
      };
      const { features } = extractFeatures(image!, mask!, radiomicsSettings(changes));
      const deviation = Object.entries(run.values).map(
        ([key, wanted]) => [key, Math.abs(features[key]! - wanted) / Math.abs(wanted)] as const,
      );
      const [worst, far] = deviation.reduce((a, b) => (b[1] > a[1] ? b : a));
      console.log(`${name}: worst relative deviation ${far.toExponential(1)} (${worst})`);
      expect(deviation.filter(([, value]) => !(value <= 1e-6))).toEqual([]);
      expect(Object.keys(features).sort()).toEqual(Object.keys(run.values).sort());
      expect(deviation.length).toBe(sigma.length ? 14 + 93 * 11 : 107);
    });
  },
);
