// Which Node versions this project runs on. Looked at before anything else, by every script that a person starts.

const accepted = [
  { major: 20, minor: 19, why: 'older ones cannot run the picture library jsdom' },
  { major: 22, minor: 18, why: 'older ones do not load TypeScript by themselves' },
  { major: 24, minor: 0 },
  { major: 26, minor: 0 },
];

/**
 * The one sentence that refuses a Node version, or undefined where it is accepted.
 * @param {string} version as `process.versions.node` gives it
 */
export function refuseNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const line = accepted.find((entry) => entry.major === major);
  if (line && minor >= line.minor) return undefined;
  const wanted = line ? `Node ${line.major}.${line.minor} or newer (${line.why})` : 'Node 20, 22, 24 or 26';
  return (
    `Expected ${wanted}, found Node ${version}: ` +
    'install Node 24 from https://nodejs.org or with your version manager, then start again.'
  );
}

/** Ends the process with one sentence where this Node is not accepted. */
export function checkNode() {
  const refusal = refuseNode(process.versions.node);
  if (!refusal) return;
  console.error(refusal);
  process.exit(1);
}
