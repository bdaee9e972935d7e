import { describe, expect, it, vi } from 'vitest';
import { inGroup, type Options } from '../../lib/cli/definition.ts';
import { parseWindow } from '../../lib/cli/options/window.ts';
import { parseCall } from '../../lib/cli/parse.ts';
import { UsageError } from '../../lib/cli/usageError.ts';

const options = {
  'out-folder': { value: 'DIR', text: 'where to' },
  size: { value: 'N', text: 'how large', default: '3', parse: (text: string) => Number(text) },
  mode: { value: 'M', text: 'how', choices: ['quick', 'slow'] },
  way: { value: 'W', text: 'which way', choices: ['left', 'right', 'on'], usually: 'the one there is' },
  set: { value: 'NAME=V', text: 'one setting', multiple: true, alias: 'assign' },
  verbose: { text: 'say more', alias: 'chatty' },
} as const satisfies Options;

const form = { name: 'cut', summary: 'cut', usage: ['[options]'], about: 'Cuts.', options, example: 'cut' };
const withOperands = { ...form, operands: [{ name: 'FILE', text: 'what is cut' }] };
const parse = (...args: string[]) => parseCall(form, args)!.values;

describe('A command line', () => {
  it('without words gives defaults, empty lists and flags that are not set', () => {
    expect(parse()).toEqual({
      outFolder: undefined,
      size: 3,
      mode: undefined,
      way: undefined,
      set: [],
      verbose: false,
    });
  });

  it('gives values as the definition reads them, behind a space or an equals sign, the last one where several', () => {
    expect(parse('--out-folder', 'a', '--size=5', '--mode', 'slow', '--verbose')).toMatchObject({
      outFolder: 'a',
      size: 5,
      mode: 'slow',
      verbose: true,
    });
    expect(parse('--out-folder', 'a', '--out-folder=--b').outFolder).toBe('--b');
    expect(parse('--size', '-5').size).toBe(-5);
  });

  it('collects what may be repeated, under both of its names', () => {
    expect(parse('--set', 'a=1', '--set', 'b=2').set).toEqual(['a=1', 'b=2']);
    expect(parse('--assign', 'a=1', '--set', 'b=2').set).toEqual(['b=2', 'a=1']);
    expect(parse('--chatty').verbose).toBe(true);
  });

  it('keeps what is no option in its order', () => {
    expect(parseCall(withOperands, ['a', '--verbose', 'b', '--', '--c'])!.operands).toEqual(['a', 'b', '--c']);
  });

  it('refuses a value that is none of the choices, as a mistake of the user', () => {
    expect(() => parse('--mode', 'best')).toThrow('Expected --mode quick or slow, found "best"');
    expect(() => parse('--way', 'up')).toThrow('Expected --way to be one of left, right, on, found "up"');
    expect(() => parse('--mode', 'best')).not.toThrow(UsageError);
  });

  it('refuses a text without a letter, be it of an option or an operand, in the words of its reader where it has some', () => {
    for (const text of ['', ' ']) {
      expect(() => parse('--out-folder', text)).toThrow(`Expected --out-folder DIR with some text, found "${text}"`);
      expect(() => parse(`--set=${text}`)).toThrow(`Expected --set NAME=V with some text, found "${text}"`);
      expect(() => parse('--mode', text)).toThrow(`Expected --mode quick or slow, found "${text}"`);
      expect(() => parse('--size', text)).toThrow(`Expected --size N with some text, found "${text}"`);
      for (const args of [[text], ['a', text]])
        expect(() => parseCall(withOperands, args)).toThrow(`Expected FILE with some text, found "${text}"`);
    }
    const ours = { ...form, options: { window: { value: 'LO,HI', text: 'HU', parse: parseWindow } } };
    expect(() => parseCall(ours, ['--window='])).toThrow('Expected --window as two numbers');
  });

  it.each([
    [['--vebose'], 'there is no option --vebose (did you mean --verbose?); `axunet cut --help` lists the options'],
    [['--nothing-like-it'], 'there is no option --nothing-like-it; `axunet cut --help` lists the options'],
    [['-x'], 'there is no option -x; `axunet cut --help` lists the options'],
    [['--constructor'], 'there is no option --constructor; `axunet cut --help` lists the options'],
    [['--out-folder'], 'Expected a value for --out-folder, found nothing'],
    [['--out-folder', '--verbose'], 'Expected a value for --out-folder, found --verbose'],
    [['a', 'b'], 'Expected nothing but options, found a b; `axunet cut --help` lists the options'],
  ])('refuses %j as one that cannot be read', (args, sentence) => {
    expect(() => parse(...args)).toThrow(new UsageError(sentence));
    expect(() => parse(...args)).toThrow(UsageError);
  });

  it('that asks for help gets usage, values, defaults, groups and other names, and runs nothing', () => {
    let printed = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    const grouped = {
      ...withOperands,
      usage: ['FILE', 'FILE --size N'],
      options: { ...options, ...inGroup('More', { deep: { text: 'deeply' } }) },
    };
    expect(parseCall({ ...grouped, notes: ['It is sharp.', '  as it\n  stands'] }, ['x', '-h'])).toBeUndefined();
    write.mockRestore();
    expect(printed).toMatch(/^Usage: axunet cut FILE\n {7}axunet cut FILE --size N\n\nCuts\.\n/);
    expect(printed).toMatch(/^ {2}FILE {2,}what is cut$/m);
    expect(printed).toMatch(/^ {2}--size N {2,}how large \(default: 3\)$/m);
    expect(printed).toMatch(/^ {2}--way W {2,}which way \(left, right, on; default: the one there is\)$/m);
    expect(printed).toMatch(/^ {2}--verbose {2,}say more \(also --chatty\)$/m);
    expect(printed).toMatch(/^More:\n {2}--deep {2,}deeply$/m);
    expect(printed).toMatch(/\n\nIt is sharp\.\n\n {2}as it\n {2}stands\n\nExample: axunet cut\n$/);
  });
});
