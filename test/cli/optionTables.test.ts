import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadCommands } from '../../lib/cli/commands.ts';
import { withOptionTables } from '../../lib/cli/optionTables.ts';
import { projectPath } from '../../lib/settings.ts';

const commands = await loadCommands();

const settings = readFileSync(projectPath('docs/settings.md'), 'utf8');

it('docs/settings.md has the options as the commands define them (else: npm run tables)', () => {
  expect(settings).toBe(withOptionTables(settings, commands));
});

it('docs/settings.md names every command and every option', () => {
  for (const { name, options } of commands) {
    const [, section] = settings.split(`### axunet ${name}\n`);
    expect(section, name).toBeDefined();
    const table = section!.split('\n### ')[0];
    for (const option of Object.keys(options)) expect(table, name).toMatch(new RegExp(`^\\| \`--${option}[ \`]`, 'm'));
  }
});

it('a bar in a text does not part a cell, and other text stays', () => {
  const marks = ['<!-- npm run tables writes from here -->', '<!-- to here -->'];
  const text = withOptionTables(`before\n${marks.join('\nold\n')}\nafter\n`, [
    {
      name: 'cut',
      summary: 'cut something',
      usage: ['FILE'],
      about: 'Cuts.',
      options: { side: { value: 'S', text: 'left|right', choices: ['left', 'right'], usually: 'left' } },
      example: 'cut x',
    },
  ]);
  expect(text).toContain('| `--side S` | `left` (default), `right` | left\\|right |');
  expect(text).not.toContain('old');
  expect(text).toMatch(/^before\n[^]*\nafter\n$/);
  expect(() => withOptionTables('no marks', commands)).toThrow('Expected the marks');
});
