/** `node scripts/bad-masks.mjs`: files and pictures of docs/how-to/bad-mask.md, from one phantom. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makePhantomPatient } from 'axunet/dataset/phantom';
import { phantomProfiles } from 'axunet/dataset/phantom/profiles';
import { saveFigure } from 'axunet/figures/saveFigure';
import { writeNifti } from 'axunet/io/nifti';
import { makeFolder } from 'axunet/io/writable';
import { Random } from 'axunet/random';
import { projectPath } from 'axunet/settings';
import { toCanonical } from 'axunet/volume/orientation';
import { badMaskFigure } from './figure.ts';
import { shownMasks } from './masks.ts';

const { values } = parseArgs({
  options: {
    /** Where the volumes go. */
    out: { type: 'string', default: projectPath('data', 'bad-masks') },
    /** Where the pictures go. */
    figures: { type: 'string', default: projectPath('figures', 'bad-mask') },
  },
});
/** The patient of the demo's cohort with the largest tumour. */
const [index, seed] = [22, 1];

const made = makePhantomPatient(index, { seed, size: phantomProfiles.demo.size });
const truth = { image: toCanonical(made.image), label: toCanonical(made.label) };
await makeFolder(values.out);
const description = `phantom_${String(index).padStart(3, '0')} seed ${seed} canonical`;
await writeNifti(path.join(values.out, 'image.nii.gz'), truth.image, { description });
await writeNifti(path.join(values.out, 'label.nii.gz'), truth.label, { description });
for (const shown of shownMasks(truth, Random.stream(seed, 'bad masks'))) {
  await writeNifti(path.join(values.out, `${shown.name}.nii.gz`), shown.mask, { description });
  await saveFigure(values.figures, shown.name, badMaskFigure(truth, shown), {
    seed,
    parameters: { patient: index, mask: shown.title },
    command: 'node scripts/bad-masks.mjs',
  });
}
console.log(`Volumes in ${values.out}, pictures in ${values.figures}`);
