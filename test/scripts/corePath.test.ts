import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { coreRooms, countLines, filesOf, parts } from '../../scripts/core-path.mjs';

describe('the account of the core path', () => {
  it('names every file of its rooms once', () => {
    const files = (coreRooms as string[]).flatMap((room) =>
      readdirSync(projectPath('lib', room))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${room}/${file}`),
    );
    expect(Object.values(parts).flatMap(filesOf).sort()).toEqual(files.sort());
  });

  it('counts as code what is not blank, comment or import', () => {
    const text = [
      '/** What it is. */',
      "import fs from 'node:fs';",
      'import {',
      '  a,',
      "} from './a.ts';",
      '',
      '/**',
      ' * More.',
      ' */',
      'const one = 1; // behind code',
      '  // alone',
      'const two = 2;',
    ];
    expect(countLines(`${text.join('\n')}\n`)).toEqual({ all: 12, code: 2 });
  });
});
