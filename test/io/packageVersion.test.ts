import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageVersion } from '../../lib/io/packageVersion.ts';
import { projectPath } from '../../lib/settings.ts';

describe('packageVersion', () => {
  it('is that of the package and of the project', () => {
    for (const file of ['lib/package.json', 'package.json'])
      expect(JSON.parse(readFileSync(projectPath(file), 'utf8')).version).toBe(packageVersion());
  });
});
