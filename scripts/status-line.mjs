// One line of a terminal that overwrites itself; in a log file only the lasting lines are printed.

export function statusLine(out = process.stdout) {
  const live = Boolean(out.isTTY) && !process.env.CI;
  let shown = 0;
  const clear = () => {
    if (shown) out.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return {
    live,
    /** Shows a passing text. */
    show(text) {
      if (!live) return;
      const line = text.slice(0, (out.columns ?? 80) - 1);
      out.write(`\r${line.padEnd(shown)}`);
      shown = line.length;
    },
    /** Prints a line that stays. */
    print(text) {
      clear();
      out.write(`${text}\n`);
    },
    clear,
  };
}
