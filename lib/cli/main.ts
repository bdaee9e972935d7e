/** The process of `axunet`, the command-line twin of every long notebook cell; axunet.mjs starts it. */
import { runLine } from './runLine.ts';

/** A starter (axunet.mjs) killed outright leaves no process behind that writes into a run while it is resumed. */
function endWithStarter(): void {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

endWithStarter();
void runLine(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
