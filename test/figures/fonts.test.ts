/** The bundled font. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fontFiles, fontName } from '../../lib/figures/fonts.ts';

describe('fontFiles', () => {
  it('are three TrueType files of the family, whose names they carry', () => {
    const files = fontFiles();
    expect(files).toHaveLength(3);
    for (const file of files) {
      const bytes = readFileSync(file);
      expect(bytes.readUInt32BE(0)).toBe(0x00010000); // the version of a TrueType font
      expect(bytes.includes(Buffer.from(fontName, 'utf16le').swap16())).toBe(true); // in its table of names
    }
  });
});
