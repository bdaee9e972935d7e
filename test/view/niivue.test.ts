import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { options } from '../../lib/cli/definitions/view.ts';
import { projectPath } from '../../lib/settings.ts';
import { niivueScript } from '../../lib/view/niivue.ts';
import { sceneOf } from '../../lib/view/scene.ts';
import { viewPage } from '../../lib/view/viewPage.ts';
import { scan } from './makeScan.ts';

const isInstalled = existsSync(projectPath('node_modules/@niivue/niivue'));

it.skipIf(isInstalled)('without NiiVue one sentence says how to get it', () => {
  const said = /^Expected the package @niivue\/niivue .*\(npm install --no-save .*niivue@[\d.]+\), found none$/;
  expect(niivueScript).toThrow(said);
  expect(() => viewPage(sceneOf(scan), { inSpace: true })).toThrow(said);
});

it('the how-to names the package as the refusal does', () => {
  const how = readFileSync(projectPath('docs/how-to/view.md'), 'utf8');
  expect(how).toContain('npm install --no-save --ignore-scripts @niivue/niivue@0.69.0\n');
  expect(readFileSync(projectPath('lib/view/niivue.ts'), 'utf8')).toContain("version = '0.69.0'");
  expect(options['3d'].text).toContain('@niivue/niivue');
});

describe.skipIf(!isInstalled)('with NiiVue (skipped: @niivue/niivue is not installed)', () => {
  it('its script and a NIfTI header of the voxels are on the page, which stays within its size', () => {
    const page = viewPage(sceneOf(scan), { inSpace: true });
    expect(page).toContain('<canvas id="space"');
    expect(Buffer.byteLength(page)).toBeLessThan(5e6);
    const { headers } = JSON.parse(/id="content">([^<]*)</.exec(page)![1]!) as { headers: { image: string } };
    const header = Buffer.from(headers.image, 'base64');
    expect(header.length).toBe(352);
    expect([1, 2, 3].map((axis) => header.readInt16LE(40 + 2 * axis))).toEqual([14, 12, 10]);
    expect([header.readInt16LE(70), header.readFloatLE(108)]).toEqual([4, 352]); // int16, behind the header
  });
});
