/** What the Tab key can offer, from the definitions, worked out once, so that the shells' scripts start no process. */
import type { CommandDefinition, OperandDefinition, OptionDefinition } from '../definition.ts';

export interface CompletedOption {
  /** Without the two dashes. */
  readonly name: string;
  readonly text: string;
  /** What the value is called; undefined for a flag. */
  readonly value?: string;
  /** Values to offer; files are offered where there are none. */
  readonly words: readonly string[];
  /** Whether it may be given again. */
  readonly isRepeatable: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words to offer for what is typed without a name, besides files. */
  readonly words: readonly string[];
}

/** The first sentence or clause of a text: there is little room beside an offer. */
const inShort = (text: string): string => /^.*?(?=; |\. |: |$)/s.exec(text)![0];

const wordsOf = async ({ offers }: OperandDefinition | OptionDefinition): Promise<readonly string[]> =>
  offers ? offers() : [];

async function toOption(name: string, option: OptionDefinition): Promise<CompletedOption> {
  const { text, value, choices, multiple } = option;
  const words = choices ?? (await wordsOf(option));
  return { name, text: inShort(text), value, words, isRepeatable: multiple === true };
}

const helpOption: CompletedOption = { name: 'help', text: 'explain the command', words: [], isRepeatable: false };

export const toCompletions = (commands: readonly CommandDefinition[]): Promise<CompletedCommand[]> =>
  Promise.all(
    commands.map(async ({ name, summary, options, operands = [] }) => ({
      name,
      summary,
      options: [
        ...(await Promise.all(Object.entries(options).map(([option, details]) => toOption(option, details)))),
        helpOption,
      ],
      words: (await Promise.all(operands.map(wordsOf))).flat(),
    })),
  );
