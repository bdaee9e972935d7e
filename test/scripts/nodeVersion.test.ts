import { describe, expect, it } from 'vitest';
import { refuseNode } from '../../scripts/node-version.mjs';

describe('the Node check', () => {
  it.each(['20.19.0', '20.20.2', '22.18.0', '22.23.3', '24.0.0', '24.21.0', '26.10.0', process.versions.node])(
    'accepts Node %s',
    (version) => {
      expect(refuseNode(version)).toBeUndefined();
    },
  );

  it.each(['16.20.2', '18.20.4', '19.9.0', '20.18.3', '21.7.3', '22.17.1', '23.11.0', '25.0.0', '27.1.0'])(
    'refuses Node %s in one sentence that names it and the way out',
    (version) => {
      expect(refuseNode(version)).toMatch(
        new RegExp(`^Expected Node [^.]*.*, found Node ${version.replaceAll('.', '\\.')}: install Node 24 .*\\.$`),
      );
    },
  );
});
