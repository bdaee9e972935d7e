/**
 * The value of a line of arithmetic: numbers, names, + - * / ^, parentheses and the functions of Math (`sqrt(1/2)`,
 * `max(1, 2)`). ^ binds closest and to the right, also before a sign: -2^2 is -4. Throws on anything else.
 */
export function valueOf(text: string, names: ReadonlyMap<string, number> = new Map()): number {
  const tokens = text.match(/\d+(?:\.\d+)?(?:e\d+)?|[A-Za-z]\w*|[-+*/^(),]/g) ?? [];
  if (tokens.join('') !== text.replace(/\s/g, '')) throw new Error(`Expected arithmetic, found ${text}`);
  let at = 0;
  const has = (token: string): boolean => tokens[at] === token && ++at > 0;
  const need = (token: string): void => {
    if (!has(token)) throw new Error(`Expected ${token} at token ${at + 1} of ${text}`);
  };
  const atom = (): number => {
    const token = tokens[at++] ?? '';
    if (token === '(') return closed([sum()])[0]!;
    if (/^\d/.test(token)) return Number(token);
    if (names.has(token)) return names.get(token)!;
    const f = (Math as unknown as Record<string, unknown>)[token];
    if (typeof f !== 'function') throw new Error(`Expected a number or a known name, found "${token}" in ${text}`);
    need('(');
    const values = [sum()];
    while (has(',')) values.push(sum());
    return f(...closed(values)) as number;
  };
  const closed = (values: number[]): number[] => (need(')'), values);
  const power = (): number => {
    const base = atom();
    return has('^') ? base ** signed() : base;
  };
  const signed = (): number => (has('-') ? -signed() : power());
  const product = (): number => {
    let value = signed();
    for (;;)
      if (has('*')) value *= signed();
      else if (has('/')) value /= signed();
      else return value;
  };
  const sum = (): number => {
    let value = product();
    for (;;)
      if (has('+')) value += product();
      else if (has('-')) value -= product();
      else return value;
  };
  const value = sum();
  if (at < tokens.length) throw new Error(`Expected the end of ${text}, found "${tokens[at]}"`);
  return value;
}
