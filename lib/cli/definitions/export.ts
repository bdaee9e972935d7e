import type { CommandDefinition, Options } from '../definition.ts';
import { weightsOption } from '../options/prediction.ts';

export const options = {
  run: {
    value: 'RUN',
    text:
      'the folder that `axunet train` or `axunet import` made, a file of --safetensors, or small: the small network ' +
      'of this project',
  },
  onnx: {
    value: 'FILE',
    output: 'file',
    text: 'for onnxruntime and others: one file, opset 17, images [n, channels, h, w]',
  },
  tfjs: {
    value: 'DIR',
    output: 'folder',
    text: 'for TensorFlow.js: model.json of its own layers, weights.bin and axunet.json',
  },
  'saved-model': {
    value: 'DIR',
    output: 'folder',
    text: 'for TensorFlow: saved_model.pb and axunet.json, images [n, h, w, channels]',
  },
  safetensors: {
    value: 'FILE',
    output: 'file',
    text: 'for Python, and for `--run` of this program: one file with the weights and all that is known of them',
  },
  half: { text: 'kernels of --safetensors in 16 bits: half the size' },
  patients: { text: 'the ids of patients in --safetensors too, and not only how many there were' },
  weights: { ...weightsOption, default: 'best' },
  force: { text: 'replace files that are there' },
} as const satisfies Options;

export const exportCommand = {
  name: 'export',
  summary: 'write a trained network as ONNX, TensorFlow.js, SavedModel or safetensors',
  usage: ['--run RUN [--onnx FILE] [--tfjs DIR] [--saved-model DIR] [--safetensors FILE]'],
  about:
    'Writes the network of a run for other programs, with its grid, window, classes, training data, licence and ' +
    'score as metadata. It gives logits for images on the grid; docs/export.md tells how a volume becomes such images.',
  options,
  example: 'export --run runs/nih --onnx pancreas.onnx',
} as const satisfies CommandDefinition;
