import { defaultFolder, shortPath } from '../../dataset/cases.ts';
import { makePhantomCohort, phantomProfiles } from '../../dataset/phantom.ts';
import { startProgress } from '../../progress.ts';
import { settings } from '../../settings.ts';
import type { Call } from '../definition.ts';
import type { options } from '../definitions/phantom.ts';

export async function run({ values }: Call<typeof options>): Promise<number> {
  const { profile = settings.profile, seed } = values;
  const patients = values.patients ?? phantomProfiles[profile].patients;
  const out = values.out ?? defaultFolder('phantom', profile);
  const progress = startProgress('phantom patients', patients);
  await makePhantomCohort(out, {
    profile,
    patients,
    seed,
    onProgress: (done, _total, note) => progress.update(done, note),
  });
  progress.finish();
  console.log(`${patients} phantom patients in ${shortPath(out)}`);
  return 0;
}
