/** `axunet`: the command-line twin of every long notebook cell. */
import { messageOf, systemErrorMessage, UserError } from '../errors.ts';
import type { Command } from './command.ts';

/** Commands are loaded when called, so that `axunet info` does not start an engine. */
const commands: Record<string, () => Promise<Command>> = {
  info: async () => (await import('./info.ts')).info,
  data: async () => (await import('./data.ts')).data,
  phantom: async () => (await import('./phantom.ts')).phantom,
  verify: async () => (await import('./verify.ts')).verify,
  preprocess: async () => (await import('./preprocess.ts')).preprocess,
  train: async () => (await import('./train.ts')).train,
  crossval: async () => (await import('./crossval.ts')).crossval,
  'check-step': async () => (await import('./checkStep.ts')).checkStepCommand,
  predict: async () => (await import('./predict.ts')).predict,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  radiomics: async () => (await import('./radiomics.ts')).radiomics,
  overlay: async () => (await import('./overlay.ts')).overlay,
  figures: async () => (await import('./figures.ts')).figures,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

async function overview(): Promise<string> {
  const rows = await Promise.all(
    Object.values(commands).map(async (load) => {
      const { name, summary } = await load();
      return `  ${name.padEnd(11)} ${summary}`;
    }),
  );
  return (
    `axunet: pancreas CT segmentation with AX-Unet\n\nUsage: axunet COMMAND [options]\n\n${rows.join('\n')}\n\n` +
    'axunet COMMAND --help explains one command.'
  );
}

export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (!name || name === '--help' || name === '-h') {
    console.log(await overview());
    return name ? 0 : 2;
  }
  const load = commands[name];
  if (!load) {
    console.error(`axunet: there is no command "${name}"; the commands are ${Object.keys(commands).join(', ')}`);
    return 2;
  }
  try {
    const command = await load();
    if (args.includes('--help') || args.includes('-h')) {
      console.log(command.help);
      return 0;
    }
    return await command.run(args);
  } catch (error) {
    const parseError = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    const refused = systemErrorMessage(error);
    if (!(error instanceof UserError) && !parseError && !refused) throw error;
    console.error(`axunet ${name}: ${refused ?? messageOf(error)}`);
    return parseError ? 2 : 1;
  }
}

/** A starter (axunet.mjs) killed by SIGKILL leaves no process behind that would go on writing into a run while it is resumed. */
function endWithStarter(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

endWithStarter();
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
