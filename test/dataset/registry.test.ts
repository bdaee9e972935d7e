import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileProblem } from '../../lib/dataset/download.ts';
import { datasetEntry, registry, remoteFiles } from '../../lib/dataset/registry.ts';
import { settings } from '../../lib/settings.ts';

const shared = settings.sharedFolder;

describe('the registry of data sets', () => {
  it('says of every set what it is, whose it is, its licence, and how to get it', () => {
    expect(new Set(registry.map((e) => e.name)).size).toBe(registry.length);
    for (const entry of registry) {
      for (const text of [entry.title, entry.content, entry.source, entry.licence, entry.citation, entry.howToGet])
        expect(text, entry.name).not.toBe('');
      expect(entry.layout.length, entry.name).toBeGreaterThan(0);
      expect(entry.sizeMb, entry.name).toBeGreaterThan(0);
      if (entry.download) expect(entry.howToGet).toContain(`axunet data ${entry.name} --download`);
    }
    expect(() => datasetEntry('nope')).toThrow(/there are phantom, nih-2d/);
  });

  it('has https addresses, lengths and checksums for what it downloads, and the sizes it announces', () => {
    for (const entry of registry) {
      const files = remoteFiles(entry);
      expect(new Set(files.map((f) => f.path)).size).toBe(files.length);
      for (const file of files) {
        expect(file.url).toMatch(/^https:\/\//);
        expect(path.isAbsolute(file.path) || file.path.includes('..')).toBe(false);
        expect(file.sha256 ?? file.md5).toMatch(/^([0-9a-f]{64}|[0-9a-f]{32})$/);
      }
      const bytes = files.reduce((sum, f) => sum + (f.bytes ?? 0), 0);
      if (files.length > 1) expect(bytes / 1e6, entry.name).toBeLessThanOrEqual(Math.max(1, entry.sizeMb) + 0.5);
    }
    expect(remoteFiles(datasetEntry('nih-2d'))).toHaveLength(398);
  });

  it.skipIf(!shared)('knows the checksums of files that lie here (needs the folder of extra test data)', async () => {
    const folders: Record<string, string> = {
      'nih-2d': 'nih-pancreas-ct-2d',
      totalsegmentator: 'totalsegmentator',
      ibsi: 'ibsi',
    };
    for (const [name, folder] of Object.entries(folders)) {
      for (const remote of remoteFiles(datasetEntry(name))) {
        expect(await fileProblem(path.join(shared!, 'data', folder, remote.path), remote), remote.path).toBeUndefined();
      }
    }
  });
});
