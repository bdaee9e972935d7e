/**
 * The form in which a command of `axunet` says once what it is called, what it takes and what it is for. Parsing
 * (parse.ts), help (help.ts), the Tab key (completion/) and the tables of docs/settings.md (optionTables.ts) come from
 * it. Definitions load nothing heavy: the work is loaded when a command runs.
 */

export interface OptionDefinition {
  /** What help calls the value, such as DIR; an option without it is a flag. */
  readonly value?: string;
  /** What it is for; values and default are shown after it. */
  readonly text: string;
  /** All values there are. They are checked, unless `parse` does that. */
  readonly choices?: readonly string[];
  /** Values that the Tab key offers although others are taken too. */
  readonly offers?: () => Promise<readonly string[]>;
  /** The value where none is given, as it would be typed. */
  readonly default?: string;
  /** What help says of a default that the command works out itself. */
  readonly usually?: string;
  /** It may be given several times, and its values become a list. */
  readonly multiple?: true;
  /** Another name by which it is understood. */
  readonly alias?: string;
  /** Makes of the typed text what the command works with; throws a UserError. */
  readonly parse?: (text: string) => unknown;
  /**
   * The value is a place that is written to, which is looked at before the work begins. A folder that is `continued`
   * may be read-only where it holds something: perhaps that is all, and nothing is left to write.
   */
  readonly output?: 'file' | 'folder' | 'continued';
  /** The heading in help under which it stands, if not "Options". */
  readonly group?: string;
}

/** Options by name, without the two dashes. */
export type Options = Readonly<Record<string, OptionDefinition>>;

/** What is typed without a name, such as IMAGE. */
export interface OperandDefinition {
  readonly name: string;
  readonly text: string;
  readonly offers?: () => Promise<readonly string[]>;
}

/** All that is to be said of a command; the work is joined to it in commands.ts. */
export interface CommandDefinition<O extends Options = Options> {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** What follows the name in each form of the call, such as `FILE [--json]`. */
  readonly usage: readonly string[];
  /** What it does, in full sentences. */
  readonly about: string;
  readonly operands?: readonly OperandDefinition[];
  readonly options: O;
  /** What else is to be known: paragraphs, or lines that begin with a space and stay as they are. */
  readonly notes?: readonly string[];
  /** A call without the word `axunet`. */
  readonly example: string;
}

/** What was typed after the command's name. */
export interface Call<O extends Options> {
  readonly values: ValuesOf<O>;
  readonly operands: readonly string[];
}

type CamelCase<S> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;

type OneValue<O> = O extends { parse: (text: string) => infer T }
  ? T
  : O extends { choices: readonly (infer C)[] }
    ? C
    : string;

type ValueOf<O> = O extends { value: string }
  ? O extends { multiple: true }
    ? OneValue<O>[]
    : O extends { default: string }
      ? OneValue<O>
      : OneValue<O> | undefined
  : boolean;

/** Values by name, `label-map` as labelMap. Where not given, flags are false, lists empty and others undefined. */
export type ValuesOf<O extends Options> = { readonly [K in keyof O as CamelCase<K>]: ValueOf<O[K]> };

/** The name of an option's value: `label-map` → labelMap. */
export const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Puts options under one heading in help. */
export const inGroup = <const O extends Options>(group: string, options: O): O =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, group }])) as unknown as O;
