// What a TypeScript module exports, with the doc comment and the text of each declaration; follows `export … from`
// through the
// project's packages. Works on sources (.ts) and on declarations that the compiler has written (.d.ts).
import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

/** Packages of this repository, by name, with their folder. */
const packages = { 'axunet-engine': 'lib/engine', axunet: 'lib', 'axunet-lessons': 'notebooks/lessons' };

/** The file that an import names, or undefined for packages that are not ours. `root` is the folder that holds lib/. */
function resolveImport(root, from, name) {
  const own = Object.keys(packages).find((each) => name === each || name.startsWith(`${each}/`));
  if (!name.startsWith('.') && !own) return undefined;
  const inside = own && (name === own ? 'index' : name.slice(own.length + 1));
  const place = own ? path.join(root, packages[own], inside) : path.join(path.dirname(from), name.replace(/\.ts$/, ''));
  return [`${place}.d.ts`, `${place}.ts`].find((file) => fs.existsSync(file));
}

const parsed = new Map();

/** A file's statements, text and doc comments; kept, since many modules export from the same one. */
function parse(file) {
  if (!parsed.has(file)) {
    const text = fs.readFileSync(file, 'utf8');
    const { program, comments, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`Expected TypeScript in ${file}, found: ${errors[0].message}`);
    parsed.set(file, { text, program, comments });
  }
  return parsed.get(file);
}

/** The doc comment that ends right before `start`, without its stars; undefined where there is none. */
function docComment({ text, comments }, start) {
  const found = comments.find(
    (comment) =>
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.end <= start &&
      text.slice(comment.end, start).trim() === '',
  );
  if (!found) return undefined;
  const lines = found.value.slice(1).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}

/** The names that a declaration declares. */
function declaredNames(declaration) {
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name];
  return declaration.declarations.map(({ id }) => id.name);
}

const kinds = {
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  ClassDeclaration: 'class',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
  TSEnumDeclaration: 'enum',
  VariableDeclaration: 'constant',
};

/** All declarations of a file's top level by name, exported or not. */
function declarationsOf(file) {
  const source = parse(file);
  const found = new Map();
  for (const statement of source.program.body) {
    const declaration = statement.declaration ?? statement;
    const kind = kinds[declaration.type];
    if (!kind || statement.type === 'ExportDefaultDeclaration') continue;
    const text = source.text.slice(declaration.start, declaration.end);
    for (const name of declaredNames(declaration)) {
      if (found.has(name))
        found.get(name).text += `\n${text}`; // another form of the same function
      else found.set(name, { name, kind, file, comment: docComment(source, statement.start), text });
    }
  }
  return found;
}

/** Where a name that a file imports comes from: `{ file, name }`, or undefined. */
function importedFrom(root, file, local) {
  for (const statement of parse(file).program.body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const specifier = statement.specifiers.find((each) => each.local.name === local);
    if (!specifier) continue;
    return { file: resolveImport(root, file, statement.source.value), name: specifier.imported?.name };
  }
  return undefined;
}

/** One exported name, followed to its declaration. */
function follow(root, file, local, name, source) {
  const from = source ? { file: resolveImport(root, file, source), name: local } : undefined;
  const declared = from ? undefined : declarationsOf(file).get(local);
  if (declared) return { ...declared, name };
  const origin = from ?? importedFrom(root, file, local);
  if (!origin?.file || !origin.name) return { name, kind: 'elsewhere', file, comment: undefined, text: '' };
  const found = exportsOf(root, origin.file).find((each) => each.name === origin.name);
  if (!found) throw new Error(`Expected ${origin.name} among the exports of ${origin.file}, which ${file} exports.`);
  return { ...found, name };
}

function exportedBy(root, file, statement) {
  const source = parse(file);
  const from = statement.source?.value;
  if (statement.type === 'ExportAllDeclaration') {
    const target = resolveImport(root, file, from);
    if (!statement.exported && target) return exportsOf(root, target);
    return [
      {
        name: statement.exported?.name ?? from,
        kind: 'elsewhere',
        file,
        text: '',
        comment: docComment(source, statement.start),
      },
    ];
  }
  if (statement.type !== 'ExportNamedDeclaration') return [];
  if (statement.declaration) {
    const own = declarationsOf(file);
    return declaredNames(statement.declaration).map((name) => own.get(name));
  }
  return statement.specifiers.map(({ local, exported, start }) => {
    const found = follow(root, file, local.name, exported.name, from);
    return { ...found, comment: found.comment ?? docComment(source, start) ?? docComment(source, statement.start) };
  });
}

/**
 * The names that `file` exports, in order: `{ name, kind, file, comment, text }`, where `file` is that of the
 * declaration.
 * `kind` is `elsewhere` for what comes from a package that is not ours.
 */
export function exportsOf(root, file) {
  const all = parse(file).program.body.flatMap((statement) => exportedBy(root, file, statement));
  return [...new Map(all.map((each) => [each.name, each])).values()];
}
