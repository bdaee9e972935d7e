/** Tests of a loss that run with every set of kernels which can start here. */
import { beforeAll, describe, it } from 'vitest';
import { startEngine } from '../../lib/engine/engine.ts';
import { withoutOwnKernels } from '../../lib/engine/ops/ownKernels.ts';
import { kernelSets } from '../engine/engines.ts';

export type DeclareTest = (name: string, run: () => void) => void;

export function onEveryKernelSet(what: string, declareTests: (test: DeclareTest) => void): void {
  describe.each(kernelSets)(`${what} on $title`, ({ engine, available, own }) => {
    beforeAll(async () => {
      if (available) await startEngine(engine);
    });
    declareTests((name, run) => void it.skipIf(!available)(name, () => (own ? run() : withoutOwnKernels(run))));
  });
}
