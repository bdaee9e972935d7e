/** The option `--take-over`, for places that another machine held and may have left. */
import type { OptionDefinition } from '../definition.ts';

export const takeOverOption = {
  text:
    'where the note of another machine says that it is at work there, and is not renewed while it is watched for ' +
    '30 s: go on in its place. For schedulers, which know that the machine is gone',
} as const satisfies OptionDefinition;
