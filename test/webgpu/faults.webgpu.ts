/** What happens where something is wrong: with the card, with what it computes, or with where it should be. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { projectPath } from '../../lib/settings.ts';
import { flags } from '../../scripts/flags.mjs';
import { onCard } from './card.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-webgpu-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a few lines in a process of their own, since a card that has failed stays so; what they print. */
function run(lines: string, env: Record<string, string> = {}): Promise<string> {
  const file = path.join(folder, 'lines.ts');
  const engine = projectPath('lib/engine');
  writeFileSync(
    file,
    `import { startEngine, tf } from '${engine}/engine.ts';\n` +
      `const say = (error: unknown) => console.log((error as Error).name + ': ' + (error as Error).message);\n` +
      `const main = async () => {\n${lines}\n};\nvoid main();\n`,
  );
  const options = { cwd: projectPath(), env: { ...process.env, AXUNET_CACHE: path.join(folder, 'cache'), ...env } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, file], options, (error, stdout, stderr) =>
      error ? reject(new Error(`${stderr}${stdout}`)) : resolve(stdout.trim()),
    );
  });
}

onCard('faults', () => {
  it('an invalid shader makes every later read throw', async () => {
    const said = await run(
      `await startEngine('webgpu');
       const good = tf.add(tf.ones([2000]), 1);
       const { device } = tf.backend() as never as { device: { createShaderModule(d: object): object } };
       device.createShaderModule({ code: 'this is no shader' });
       for (let k = 0; k < 2; k++) await good.data().then(() => console.log('read'), say);`,
      { AXUNET_STEP_CHECK: 'never' },
    );
    const lines = said.split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(/^UserError: The graphics card failed, so that no result since can be trusted: .*WGSL/);
  });

  it('a device that is lost makes every later read throw', async () => {
    const said = await run(
      `await startEngine('webgpu');
       const good = tf.add(tf.ones([2000]), 1);
       (tf.backend() as never as { device: { destroy(): void } }).device.destroy();
       await new Promise((resolve) => setTimeout(resolve, 50));
       await good.data().then(() => console.log('read'), say);`,
      { AXUNET_STEP_CHECK: 'never' },
    );
    expect(said).toMatch(/^UserError: The graphics card failed, .* the device is lost \(destroyed/);
  });

  it('a card that computes something else is refused, one that was checked is not checked again', async () => {
    const breakReciprocal = `
      await import('${createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-webgpu')}');
      const stock = tf.getKernel('Rsqrt', 'webgpu')!;
      tf.unregisterKernel('Rsqrt', 'webgpu');
      tf.registerKernel({ ...stock, kernelFunc: (args) => tf.getKernel('Sqrt', 'webgpu')!.kernelFunc(args) });
      await startEngine('webgpu').then(() => console.log('starts'), say);`;
    expect(await run(breakReciprocal)).toMatch(
      /^UserError: .*: WebGPU \(.*\) computes wrongly: of a small network, the loss \(by .*\) differs from plain JavaScript$/,
    );
    expect(await run(`await startEngine('webgpu').then(() => console.log('starts'), say);`)).toBe('starts');
    expect(readdirSync(path.join(folder, 'cache', 'checked-cards'))).toHaveLength(1);
    expect(await run(breakReciprocal), 'by the note').toBe('starts');
  });

  it.skipIf(process.platform !== 'linux')('a machine without a card gets one sentence', async () => {
    const said = await run(`await startEngine('webgpu').then(() => console.log('starts'), say);`, {
      VK_ICD_FILENAMES: path.join(folder, 'none.json'),
      VK_DRIVER_FILES: path.join(folder, 'none.json'),
    });
    expect(said).toBe(
      'UserError: Expected the engine webgpu to start, found: webgpu: no graphics card that WebGPU can use ' +
        '(on Linux its Vulkan driver is needed too)',
    );
  });
});
