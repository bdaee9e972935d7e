import { describe, expect, it } from 'vitest';
import { currentEngine, hasDilatedGradient, isNative, startEngine, tf } from '../../lib/engine/engine.ts';
import { engines } from './engines.ts';

describe('startEngine', () => {
  it('with auto takes the first that works, and says why not a faster one', async () => {
    const info = await startEngine('auto');
    expect(info.name).toBe(engines.find((e) => e.available)!.engine);
    expect(info.fallbackReason !== undefined).toBe(info.name !== 'tensorflow');
  });

  it.each(engines.filter((e) => e.available))('starts $engine by name and reports it', async ({ engine }) => {
    const info = await startEngine(engine);
    expect(info.name).toBe(engine);
    expect(tf.getBackend()).toBe(engine);
    expect(currentEngine()).toBe(info);
    expect(isNative()).toBe(engine === 'tensorflow');
    if (!isNative()) expect(hasDilatedGradient()).toBe(false);
  });

  it('returns the running engine when called again', async () => {
    const running = await startEngine('cpu');
    expect(await startEngine('auto')).toBe(running);
  });
});
