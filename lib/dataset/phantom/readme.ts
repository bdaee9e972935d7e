/** The README.md that lies beside a generated cohort. */
import type { Vec3 } from '../../volume/volume.ts';

export function cohortReadme(cohort: { patients: number; seed: number; size: Vec3; version: number }): string {
  const { patients, seed, size, version } = cohort;
  return `# Phantom cohort

${patients} synthetic abdominal CT volumes with a labelled pancreas. They were computed, nobody was scanned: \
use them to
learn, to test and to demonstrate, never to judge a method for patients.

Made by \`axunet phantom --patients ${patients} --seed ${seed}\`, generator version ${version}, slices of \
${size[0]}×${size[1]} pixels, about
${size[2]} slices a volume. The same seed gives the same volumes; patient 7 is the same in a cohort of 8 and of \
80. Running the
command again keeps what is complete and repairs what is missing or damaged (\`dataset.json\` has the SHA-256 \
of every file).

| file | content |
|---|---|
| \`imagesTr/phantom_001.nii.gz\` | CT in Hounsfield units, 16 bit |
| \`labelsTr/phantom_001.nii.gz\` | 0 background, 1 pancreas, 2 tumour, on the image's grid |
| \`dataset.json\` | generator and seed; per patient group, tumour site, volumes in ml, orientation, spacing, \
checksums |

## What is in a volume
Skin, fat, muscle, spine, ribs, lung bases, liver with vessels and gallbladder, spleen, kidneys, adrenals, \
aorta, vena cava,
stomach, duodenum, small bowel, colon, the portal, mesenteric and splenic veins, the table. Sizes, fat, \
densities, filling of the
bowel and place, course and thickness of the pancreas differ from patient to patient, and a smooth random field \
bends all of it.
Edges have partial volume, then come the scanner's blur and its correlated noise.

- The pancreas has 80–110 HU, as many bowel loops, bowel walls and the liver have: density alone does not find it.
- One patient of each pair (1, 2), (3, 4), … has a tumour: 40–70 HU, about 12 to 30 mm, in head, body or tail. \
The gland upstream of it
  (towards the tail) is thinner and shows a widened duct. The duct counts as pancreas (label 1).
- Splenic, portal and mesenteric veins are background, also where they groove the gland.
- Voxel sizes vary with the body and the number of slices by some 15 %. Axis orders and directions vary (LPS, \
RAS, LAS, …, also sagittal
  and coronal storage), a quarter of the volumes is tilted: the affine tells, as in real archives.

## How hard it is
In the 24 patients of profile \`demo\`, seed 1, the best window of HU reaches a median DSC of 0.17, and the \
mean mask of the other
patients 0.39: neither density nor place finds the pancreas. A small network that sees three neighbouring \
slices reaches about 0.9
on patients it has not seen.
`;
}
