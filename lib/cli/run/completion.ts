import { expected } from '../../errors.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { shells } from '../completion/shells.ts';
import { toCompletions } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Call, CommandDefinition } from '../definition.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** The work of `axunet completion` for the given commands. */
export const runFor =
  (commands: readonly CommandDefinition[]) =>
  async ({ operands }: Call<Record<never, never>>): Promise<number> => {
    const shell = shells.find((each) => each === operands[0]);
    if (!shell || operands.length > 1) throw expected(`one of ${shells.join(', ')}`, operands.join(' ') || 'nothing');
    console.log(scripts[shell](await toCompletions(commands)));
    return 0;
  };
