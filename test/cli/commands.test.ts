import { describe, expect, it, vi } from 'vitest';
import { commandNames, loadCommands } from '../../lib/cli/commands.ts';

const commands = await loadCommands();

it('every command is listed by its own name', () => {
  expect(commands.map(({ name }) => name)).toEqual(commandNames);
});

describe.each(commands.map((command) => [command.name, command] as const))('axunet %s', (name, command) => {
  it('explains itself in at most 100 columns, with all its options and an example of its own', async () => {
    let printed = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    expect(await command.run(['--help'])).toBe(0);
    write.mockRestore();
    for (const option of Object.keys(command.options)) expect(printed).toMatch(new RegExp(`^ {2}--${option}\\b`, 'm'));
    expect(command.example.split(' ')[0]).toBe(name);
    // Lines with the place of this clone are as long as that is.
    const lines = printed.split('\n').filter((line) => !line.includes('axunet.mjs') && !line.startsWith('Example'));
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(100);
  });

  it('reads its own example', async () => {
    const words = command.example.split(' > ')[0].split(' ').slice(1);
    for (const word of words.filter((each) => each.startsWith('--')))
      expect(Object.keys(command.options)).toContain(word.slice(2));
  });

  it('has defaults that are among the choices', () => {
    for (const option of Object.values(command.options))
      if (option.choices && option.default !== undefined) expect(option.choices).toContain(option.default);
  });
});
