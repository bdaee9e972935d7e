import type { CommandDefinition, Options } from '../definition.ts';

export const options = {
  json: { text: 'the same as JSON: {"engine": {…}, "findings": [{"name", "ok", "found", "fix"}, …]}' },
} as const satisfies Options;

export const doctor = {
  name: 'doctor',
  summary: 'tell what this machine has and lacks, and how to mend it',
  usage: ['[--json]'],
  about:
    'Starts the engine and tells what this machine has: Node, npm, system, engine, TensorFlow, compiled training, ' +
    'GPU, Python, compiler, data. A TensorFlow library that is not as set-up left it is not loaded. ' +
    'Exits with 1 when no engine starts.',
  options,
  example: 'doctor',
} as const satisfies CommandDefinition;
