import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPairs } from '../../lib/dataset/layouts.ts';
import { openMaskOn } from '../../lib/dataset/maskOnImage.ts';
import { segmentDoubts } from '../../lib/dataset/segmentDoubts.ts';
import { verifyDataset } from '../../lib/dataset/verify.ts';
import { writeSeg } from '../../lib/dicomLabels/writeSeg.ts';
import { evaluateFiles } from '../../lib/evaluate/files.ts';
import { toCanonical } from '../../lib/volume/orientation.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { openSeries, pancreasWithTumour, seriesFiles } from '../dicomLabels/series.ts';

const folderOf = temporaryFolders();
const said = 'segment 1 is called Liver, which is counted as pancreas';
let [series, liver, coded] = ['', '', ''];
let opened: Awaited<ReturnType<typeof openSeries>>;

/** A SEG of pancreas and tumour with other words of the same length in it. */
beforeAll(async () => {
  series = folderOf(seriesFiles());
  opened = await openSeries(series);
  const written = path.join(folderOf(), 'pancreas.dcm');
  await writeSeg(written, pancreasWithTumour(opened.image), opened.source);
  const renamed = (name: string, ...words: [string, string][]): string => {
    const file = path.join(path.dirname(written), name);
    const text = words.reduce((all, [a, b]) => all.replaceAll(a, b), readFileSync(written, 'latin1'));
    writeFileSync(file, text, 'latin1');
    return file;
  };
  liver = renamed('liver.dcm', ['pancreas', 'Liver   ']);
  coded = renamed('coded.dcm', ['pancreas', 'Segment1'], ['Pancreas', 'Liver   ']);
});

describe('a mask file whose segment is called Liver', () => {
  it('is told by verify, whether its label or its code says so', async () => {
    for (const file of [liver, coded]) {
      const { cases } = await verifyDataset(await openPairs(series, file, {}));
      expect(cases[0]!.findings.map(({ message }) => message)).toContain(`label: ${said}`);
    }
  });
  it('is told where a report or an overlay reads it', async () => {
    const image = toCanonical(opened.image);
    expect((await openMaskOn(liver, image, {})).warnings).toContain(said);
    expect((await openMaskOn(liver, image, { labelValue: 2 })).warnings).toEqual([]);
    const labels = {
      labelMap: { 1: 1, 2: 2 },
      classes: ['tumour', 'duct'].map((name, i) => ({ name, values: [i + 1] })),
    };
    expect((await openMaskOn(liver, image, { labels })).warnings).toEqual([
      'segment 1 is called Liver, which is counted as tumour',
    ]);
  });
  it('is told by evaluate, on the side on which it stands', async () => {
    const pairs = [{ id: 'a', prediction: liver, reference: coded }];
    const { warnings } = await evaluateFiles({ name: 'CE', pairs });
    expect(warnings).toEqual([liver, coded].map((file) => ({ id: 'a', message: `${file}: ${said}` })));
  });
});

describe('no doubt is raised', () => {
  it.each(['pancreas', 'PDAC', 'Pancreas_tumor', 'lesion', 'duct', 'Segment_1', 'mask', ''])(
    'by the name "%s"',
    (label) => {
      expect(segmentDoubts({ segments: [{ number: 1, label }] }, { labelMap: { 1: 1 } })).toEqual([]);
    },
  );
  it('by a liver that is background or a class of its own', () => {
    const segments = [{ number: 1, label: 'Liver' }];
    expect(segmentDoubts({ segments }, { labelMap: { 1: 0 } })).toEqual([]);
    expect(segmentDoubts({ segments }, { labelMap: { 1: 1 }, classes: [{ name: 'liver', values: [1] }] })).toEqual([]);
  });
});
