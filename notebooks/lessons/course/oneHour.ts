/** The course in an hour: eight exercises of the three sessions, and what they need. */
import type { CourseSession } from './session.ts';
import { emptyAnswer, mirroredLabel, organVolume, windowByHand } from './session1.ts';
import { priceOfLeakage, whichMetric, whoLeaks } from './session2.ts';
import { pureNoise, whatItReads } from './session3.ts';

export const oneHour: CourseSession = {
  name: 'one-hour',
  title: 'Pancreas CT in an hour',
  minutes: 60,
  about:
    'Nine exercises from the three long sessions: what a scan is before a network sees it, how scores become too ' +
    'good, and how findings come out of nothing.',
  setup: ["import * as rad from 'axunet-lessons/radiomics';", "const leakage = await study.loadStudy('leakage');"],
  opening:
    'There is no time to set up machines: have the first cell run before the hour begins. Skip 2.8 where people are ' +
    'new to metrics.',
  steps: [
    { exercise: windowByHand },
    { exercise: organVolume },
    { exercise: emptyAnswer },
    { exercise: mirroredLabel },
    { exercise: whoLeaks },
    { part: 'leakage', minutes: 4 },
    { exercise: priceOfLeakage },
    { exercise: whichMetric },
    { exercise: pureNoise },
    { part: 'reads', minutes: 5 },
    { exercise: whatItReads },
  ],
  closing: [
    'Numbers without spacing are not sizes.',
    'Split by patient.',
    'Each metric is blind to something.',
    'Where class and hospital are one thing, an AUC proves nothing about the disease.',
  ],
};
