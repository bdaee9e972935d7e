// Starts a TypeScript program with the flags that this Node needs for it, hands signals on, and ends as it ends.
import { spawn } from 'node:child_process';
import { blameLimits, endAs } from './end-as.mjs';
import { startEnvironment } from './environment.mjs';
import { flags } from './flags.mjs';
import { lowLimits, wouldHang } from './limits.mjs';

/** What Node, V8 and tsx print before they give up, for programmers; a sentence takes its place. */
const lastWords = new RegExp(
  [
    ...['<--- ', 'FATAL ERROR', '#\\s*\\n?# Fatal', '\\S*node\\S*\\[\\d+\\]', 'terminate called'],
    ...['Fatal (process|JavaScript)', '.*\\[TransformError\\]'],
  ]
    .map((start) => `^${start}`)
    .join('|'),
  'm',
);

/**
 * Passes the program's complaints on. Where limits are low Node may fail before the program begins, and then prints
 * what only its programmers understand: that is kept back until the program says that it runs.
 * @returns {isCut: () => boolean, whether something was kept back for good}
 */
function passComplaints(child) {
  let [waiting, runs, isOver] = ['', false, false];
  const pass = (text) => {
    const at = text.search(lastWords);
    if (!isOver) process.stderr.write(at < 0 ? text : text.slice(0, at));
    isOver ||= at >= 0;
  };
  child.stderr.setEncoding('utf8').on('data', (text) => {
    if (runs) pass(text);
    else waiting += text;
  });
  child.once('message', () => {
    runs = true;
    pass(waiting);
  });
  return { isCut: () => isOver || !runs };
}

function cannotRun(name, limits, code = 1) {
  console.error(`${name}: the program cannot run, most likely because ${blameLimits(limits)}`);
  process.exit(code);
}

/**
 * Starts `file` with the arguments of this process.
 * @param file path of the program
 * @param name what the user calls it
 * @param options.channel opens a channel (`ipc`) over which the program notices when this process is killed outright,
 *   and over which it sends a first message when it has begun
 */
export function startTypescript(file, name, { channel = false } = {}) {
  const limits = lowLimits();
  if (wouldHang(limits)) return cannotRun(name, limits);
  const listens = channel && limits.length > 0;
  const child = spawn(process.execPath, [...flags, file, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', listens ? 'pipe' : 'inherit', ...(channel ? ['ipc'] : [])],
    env: { ...process.env, ...startEnvironment },
  });
  child.on('error', ({ message }) => {
    const reason = limits.length > 0 ? `: ${blameLimits(limits)}` : '';
    console.error(`${name}: no process can be started (${message})${reason}`);
    process.exit(1);
  });
  const complaints = listens && child.stderr ? passComplaints(child) : undefined;
  // A signal sent to this process alone reaches the program, which saves what it saves and chooses the exit code. On
  // Windows the console tells both of Ctrl-C, and `kill` would end the program before it can save.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.platform === 'win32' || child.kill(signal));
  // `close` comes when the last complaint was read, too.
  child.on(complaints ? 'close' : 'exit', (code, signal) => {
    if (complaints?.isCut() && !signal && code !== 0) cannotRun(name, limits, code ?? 1);
    endAs(code, signal, name, limits);
  });
}
