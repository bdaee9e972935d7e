/** `npm run course`: writes the notebooks of the course, gives a fresh copy of one, or makes what the course brings. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../lib/errors.ts';
import { writeFileAtomic, writeJson } from '../lib/io/files.ts';
import { projectPath } from '../lib/settings.ts';
import { courseExercises, courseSessions } from '../notebooks/lessons/course/sessions.ts';
import { courseFolder, courseNotebook, kinds, taggedCells } from './course-build.ts';
import { makeFeatures, makeHalfTrained } from './course-material.ts';
import { computeExpected, expectedFile, glossaryText, instructorNotes, readExpected } from './course-notes.ts';
import { notebookText } from './notebook.ts';
import { copiesFolder, keepChanged, resetCopy } from './notebook-copies.mjs';

const help = `npm run course -- [options]

Writes notebooks/course from its sessions (notebooks/lessons/course) and the tagged cells of the lesson notebooks:
student, solutions and plain notebooks, notes for teachers, glossary. Nothing is run.

  --reset [NAME]  gives a fresh copy of a notebook (or of all) in ${copiesFolder}/course; the old one is kept beside it,
                  with the date in its name. Names: ${courseSessions.map(({ name }) => name).join(', ')}
  --numbers       works out the expected numbers of the notes first, in about half a minute
  --material      makes the half-trained network, the learning curves and the table of features anew, in some minutes
  --help          this text
`;

const options = {
  reset: { type: 'boolean' },
  numbers: { type: 'boolean' },
  material: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Every file of the course that is written, by its path below notebooks/course. */
export async function courseFiles(): Promise<Map<string, string>> {
  const [parts, expected] = [taggedCells(), await readExpected()];
  const files = new Map([['glossary.md', glossaryText()]]);
  for (const session of courseSessions) {
    for (const kind of kinds)
      files.set(`${kind}/${session.name}.ipynb`, notebookText(courseNotebook(session, kind, parts)));
    files.set(`instructor/${session.name}.md`, instructorNotes(session, parts, expected));
  }
  return files;
}

/** Names files beside those that are written, of sessions that are no more or somebody's own; none is removed. */
function tellOthers(files: ReadonlyMap<string, string>): void {
  for (const folder of [...kinds, 'instructor']) {
    mkdirSync(courseFolder(folder), { recursive: true });
    for (const name of readdirSync(courseFolder(folder)))
      if (!name.startsWith('.') && !files.has(`${folder}/${name}`))
        console.log(`notebooks/course/${folder}/${name} belongs to no session; it stays as it is`);
  }
}

async function build(): Promise<void> {
  const files = await courseFiles();
  tellOthers(files);
  for (const [file, text] of files) {
    const place = projectPath('notebooks/course', file);
    const kept = keepChanged(place, text, projectPath(copiesFolder, 'course', 'replaced', path.dirname(file)));
    if (kept !== undefined) console.log(`notebooks/course/${file} was changed; as it was it is kept in ${kept}`);
    await writeFileAtomic(place, text);
  }
  console.log(
    `${files.size} files in notebooks/course; npm run lab puts copies for students into ${copiesFolder}/course`,
  );
}

/** Fresh copies for the student; what they wrote stays beside them. */
function reset(wanted: readonly string[]): void {
  const names = courseSessions.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UserError(`Expected one of ${names.join(', ')} to reset, found "${unknown}"`);
  for (const name of wanted.length > 0 ? wanted : names) console.log(resetCopy(name));
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (positionals.length > 0 && !values.reset)
    throw new UserError(`Expected options alone, found "${positionals[0]}"; npm run course -- --help lists them`);
  if (values.help) process.stdout.write(help);
  else if (values.reset) reset(positionals);
  else {
    if (values.material) await makeFeatures();
    if (values.material) await makeHalfTrained();
    if (values.numbers || values.material) await writeJson(expectedFile, await computeExpected(courseExercises));
    await build();
  }
  return 0;
}

if (process.argv[1]?.endsWith('course.ts'))
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: NodeJS.ErrnoException) => {
      const forTheUser = error instanceof UserError || error.code?.startsWith('ERR_PARSE_ARGS');
      console.error(forTheUser ? error.message : error);
      process.exit(1);
    },
  );
