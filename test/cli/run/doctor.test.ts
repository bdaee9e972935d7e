import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { examine, formatFindings } from '../../../lib/cli/run/doctor.ts';
import { engineNames } from '../../../lib/engine/settings.ts';

const doctor = await loadCommand('doctor');

describe('axunet doctor', () => {
  let findings: Awaited<ReturnType<typeof examine>>['findings'];
  let engine: Awaited<ReturnType<typeof examine>>['engine'];
  beforeAll(async () => {
    ({ findings, engine } = await examine());
  });

  it('finds an engine and names each part of the system once', () => {
    expect(engineNames).toContain(engine?.name);
    const names = findings.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'Node',
        'npm',
        'System',
        'Engine',
        'TensorFlow',
        'Compiled training',
        'GPU',
        'WebGPU',
        'Python',
        'C++ compiler',
        'Data',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(findings.find(({ name }) => name === 'Node')?.found).toBe(process.versions.node);
  });

  it('gives a fix for everything that is missing, and none for what is there', () => {
    for (const { name, ok, fix } of findings) expect(fix !== undefined, name).toBe(!ok);
  });

  it('puts the fix on a line of its own under the finding', () => {
    expect(
      formatFindings([
        { name: 'Node', ok: true, found: '22.23.3' },
        { name: 'Python', ok: false, found: 'none', fix: 'install it' },
      ]),
    ).toBe('ok       Node    22.23.3\nmissing  Python  none\n                 → install it');
  });

  it('prints JSON that holds the same findings', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(await doctor.run(['--json'])).toBe(0);
    const report = JSON.parse(String(log.mock.calls[0]![0])) as {
      engine: { name: string };
      findings: { name: string }[];
    };
    log.mockRestore();
    expect(engineNames).toContain(report.engine.name);
    expect(report.findings.length).toBeGreaterThan(8);
  });
});
