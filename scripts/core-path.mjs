// `node scripts/core-path.mjs`: how many lines each guarantee of the core path costs, as a Markdown table. The core
// path is the way from files of images to trained weights: io, preprocess, model, loss, step, train.
import fs from 'node:fs';
import path from 'node:path';
import { inProject, runMain } from './common.mjs';

export const coreRooms = ['io', 'preprocess', 'model', 'loss', 'step', 'train'];

/** What costs lines, and the files in which they stand; a file is named once. */
export const parts = {
  'from volumes to slices: frame, window, neighbours, manifest':
    'preprocess/{prepareCase,slices,window,manifest,sliceFiles,sliceSet}',
  'from slices to batches: one bilinear reading on the training grid': 'preprocess/{batches,bilinear,grid}',
  'the network and its first weights': 'model/{aspp,axunet,blocks,initialise,layer}',
  'the losses that a run can name, each with formula and source':
    'loss/{boundary,boundaryAware,boundaryDou,crossEntropy,crossEntropyDice,distanceOnTensors,focal,focalTversky,' +
    'foreground,generalizedDice,hausdorff,loss,losses,paperLoss,probabilityMap,signedDistance,sobel,softDice,' +
    'tversky,weightedSum}',
  'a step: gradients, optimizers, averages, parts of a batch':
    'step/{differentiate,eagerStep,flat,microBatches,optimizers,step,weights}',
  'the loop: order, schedule, validation, what makes a run':
    'train/{config,description,position,presets,run,schedule,session,trainer}',
  'random changes of training slices': 'preprocess/{augment,elastic,intensity,warp}',
  'files of others: read to the last digit, or refused before memory is asked for':
    'io/{bytes,fileKind,gzip,image,jpeg,nifti,niftiHeader,niftiQform,npy,pixels,png,pngChunks,tiff,' +
    'tiffHeader,tiffStrips,voxelTypes}',
  'own files: whole or absent, of the shape that was written, inside their folder, with a sentence':
    'io/{files,insideFolder,schema,writable}',
  'tables, versions and grey pictures in files': 'io/{csv,greyPng,markdown,packageVersion}',
  'slices are those that were made: checksums of every plane': 'preprocess/sliceChecksum',
  'the compiled step: one graph with its variables':
    'step/{compiledStep,float32,optimizersCompiled,rmsprop,sessionVariables,stepGraph,stepPass,stepUpdate,' +
    'stepVariables}',
  'the compiled step is used where it is proved equal, and else the other one, with the reason':
    'step/{checkChild,checkOnce,checkStep,checkTask,chosenStep,exampleBatch}',
  'batches are made ahead in a thread, and without one where that cannot be':
    'preprocess/{batchThread,batchThreadMain,loader}',
  'a kill at any moment: the run goes on to the same bits': 'train/{checkpoint,history,journal,lock,signals}',
  'who is at work at a place, on this machine or on another one that shares the folder': 'io/lease',
  'what a run tells: progress, memory before it starts, TensorBoard, its scores, the network for others':
    'train/{emptyClasses,loadRun,memory,report,scores,startWeights,tensorboard,trainFolder}',
};

/** The files of a part, such as `train/lock.ts`. */
export function filesOf(part) {
  const [, room, names] = /^(\w+)\/\{?([\w,]+)\}?$/.exec(part);
  return names.split(',').map((name) => `${room}/${name}.ts`);
}

/** Lines of a text: all, and those of code, which are not blank, comments or imports. */
export function countLines(text) {
  const lines = text.replace(/\n$/, '').split('\n');
  const code = text
    .replace(/^\s*\/\*[^]*?\*\/\n?/gm, '')
    .replace(/^import [^;]*;\n/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
  return { all: lines.length, code: code.length };
}

/** The table, in the order of `parts`. */
export function corePathTable() {
  const counted = Object.entries(parts).map(([what, part]) => {
    const counts = filesOf(part).map((file) => countLines(fs.readFileSync(path.join(inProject('lib'), file), 'utf8')));
    const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
    return { what, files: counts.length, all: sum('all'), code: sum('code') };
  });
  const total = (key) => counted.reduce((sum, row) => sum + row[key], 0);
  const row = ({ what, files, all, code }) => `| ${what} | ${files} | ${all} | ${code} |`;
  return [
    '| what | files | lines | of code |',
    '|---|---|---|---|',
    ...counted.map(row),
    row({ what: 'all', files: total('files'), all: total('all'), code: total('code') }),
  ].join('\n');
}

if (process.argv[1] === inProject('scripts/core-path.mjs')) runMain(async () => console.log(corePathTable()));
