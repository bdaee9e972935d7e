/** The image, Binder's and the development container are in step with the project: versions, files, scripts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import {
  anything,
  checkShape,
  dictionary,
  exactly,
  list,
  natural,
  object,
  optional,
  parseJson,
  text,
} from '../../lib/io/schema.ts';
import { projectPath } from '../../lib/settings.ts';
import { refuseNode } from '../../scripts/node-version.mjs';

const read = (file: string): string => readFileSync(projectPath(file), 'utf8');

/** Instructions of a Dockerfile, continued lines joined, comments left out. */
function instructions(file: string): { word: string; rest: string }[] {
  const lines = read(file)
    .replace(/\\\n\s*/g, '')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line)!;
      return { word: word!, rest: rest! };
    });
}
const all = (file: string, word: string): string[] =>
  instructions(file).flatMap((each) => (each.word === word ? [each.rest] : []));

const devcontainerFile = '.devcontainer/devcontainer.json';
const devcontainer = checkShape(
  parseJson(read(devcontainerFile), devcontainerFile),
  object({
    name: text,
    build: object({ dockerfile: text, context: text, target: text }),
    remoteUser: text,
    hostRequirements: object({ cpus: natural, memory: text, storage: text }),
    postCreateCommand: text,
    postStartCommand: text,
    forwardPorts: list(natural),
    portsAttributes: dictionary(object({ label: text })),
    customizations: object({ vscode: object({ extensions: list(text) }) }),
  }),
  devcontainerFile,
);

const workflowSchema = object({
  name: text,
  on: anything,
  permissions: object({ contents: exactly('read') }),
  jobs: dictionary(
    object({
      'runs-on': text,
      'timeout-minutes': natural,
      steps: list(object({ run: optional(text), uses: optional(text), with: optional(anything) })),
    }),
  ),
});
const workflows = readdirSync(projectPath('.github/workflows')).map((name) => `.github/workflows/${name}`);

/** All that is run in containers and workflows. */
const commands: Record<string, string> = {
  Dockerfile: read('Dockerfile'),
  [devcontainerFile]: `${devcontainer.postCreateCommand}\n${devcontainer.postStartCommand}`,
  'scripts/container-prepare.sh': read('scripts/container-prepare.sh'),
  'scripts/container-start.sh': read('scripts/container-start.sh'),
  ...Object.fromEntries(workflows.map((file) => [file, read(file)])),
};

describe('the images', () => {
  it('are one: the copy that Binder reads is the Dockerfile', () => {
    expect(read('.binder/Dockerfile')).toBe(read('Dockerfile'));
  });

  it('have a Node that the project accepts', () => {
    const bases = all('Dockerfile', 'FROM').filter((from) => from.includes(':'));
    expect(bases).toHaveLength(1);
    const major = /^node:(\d+)-/.exec(bases[0]!)?.[1];
    expect(refuseNode(`${major}.999.0`)).toBeUndefined();
    expect(refuseNode('21.999.0')).toMatch(/Node 20, 22, 24/); // what is not accepted would be told
  });

  it('bring what the set-up needs, JupyterLab and the extension of the figures', () => {
    const runs = all('Dockerfile', 'RUN').join('\n');
    for (const name of ['g++', 'python3-pip', 'python3-venv', 'jupyterlab', 'notebook', 'plotly'])
      expect(runs).toMatch(new RegExp(`\\s${name.replaceAll('+', '\\+')}(\\s|$)`, 'm'));
  });

  it('copy all of the project at once, so that npm finds every package with its commands', () => {
    expect(all('Dockerfile', 'COPY')).toEqual(['--chown=1000:1000 . .']);
  });

  it('run as the user whose number Binder has', () => {
    expect(all('Dockerfile', 'USER').at(-1)).toBe('1000');
  });

  it('start with the kernel, and then run what they are told', () => {
    expect(all('Dockerfile', 'ENTRYPOINT')).toEqual(['["sh", "/home/node/axunet/scripts/container-start.sh"]']);
    expect(all('Dockerfile', 'WORKDIR').at(-1)).toBe('/home/node/axunet');
    expect(read('scripts/container-start.sh')).toMatch(/install-kernel\.mjs" --user\nexec "\$@"\n$/);
  });

  it('leave out what is made anew inside, and take the networks of the project', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const each of ['.git', '**/node_modules', 'runs', '.jupyter', '!data/weights'])
      expect(ignored).toContain(each);
  });
});

describe('the development container', () => {
  it('is the first stage of the Dockerfile, which is there', () => {
    const { dockerfile, context, target } = devcontainer.build;
    expect(path.posix.join('.devcontainer', dockerfile)).toBe('Dockerfile');
    expect(path.posix.join('.devcontainer', context)).toMatch(/^\.\/?$/);
    expect(all('Dockerfile', 'FROM').some((from) => from.endsWith(` AS ${target}`))).toBe(true);
  });
  it('fits the smallest machine of Codespaces: 2 cores, 8 GB, 32 GB', () => {
    const { cpus, memory, storage } = devcontainer.hostRequirements;
    expect(cpus).toBeLessThanOrEqual(2);
    expect(Number.parseInt(memory, 10)).toBeLessThanOrEqual(8);
    expect(Number.parseInt(storage, 10)).toBeLessThanOrEqual(32);
  });
});

describe('what containers and workflows run', () => {
  it('are scripts and files that exist, and name no place of one machine', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const missing = Object.entries(commands).flatMap(([file, content]) => [
      ...[...content.matchAll(/npm run (?:-s )?([\w:-]+)/g)]
        .filter(([, name]) => !(name! in scripts))
        .map(([, name]) => `${file}: npm run ${name}`),
      ...[...content.matchAll(/(?<![\w/])scripts\/[\w./-]+\.(?:sh|mjs|cjs)/g)]
        .filter(([name]) => !existsSync(projectPath(name)))
        .map(([name]) => `${file}: ${name}`),
      ...(/\/(work|Users|root)\//.test(content) ? [`${file}: a place of one machine`] : []),
    ]);
    expect(missing).toEqual([]);
  });

  it.each(workflows)('stands in YAML that is a workflow: %s', (file) => {
    const document = parseDocument(read(file), { strict: true, uniqueKeys: true });
    expect(document.errors).toEqual([]);
    const { jobs } = checkShape(document.toJS(), workflowSchema, file);
    for (const { steps } of Object.values(jobs))
      for (const { run, uses } of steps) {
        expect(run === undefined).toBe(uses !== undefined);
        if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d/);
      }
  });
});
