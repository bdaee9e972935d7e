// Leaves the files of packages unchecked when a cell is compiled.

/**
 * Whether a file that a cell needs is one of a package; `cell` is the cell's own file. The folder of the cells may lie
 * in a package itself: what lies beside them is theirs.
 */
function isOfPackage(name, cell) {
  const folder = cell.slice(0, cell.lastIndexOf('/'));
  return (name.startsWith(`${folder}/`) ? name.slice(folder.length) : name).includes('/node_modules/');
}

/** The names of the cell's file and of all files outside of packages that it imports, directly or through others. */
function ownFiles(program, cell) {
  const names = new Set([cell.fileName]);
  for (const name of names)
    program.getSourceFile(name).resolvedModules?.forEach(({ resolvedModule }) => {
      const file = resolvedModule && program.getSourceFile(resolvedModule.resolvedFileName);
      if (file && !isOfPackage(file.fileName, cell.fileName)) names.add(file.fileName);
    });
  return [...names];
}

/**
 * tslab checks and emits, with a cell, every TypeScript file on which it depends, and so all files of the packages
 * axunet…, which bring TypeScript rather than declarations: seconds before the first cell runs. It throws both away
 * again, since it shows errors of files below its own folder only, and never runs what it made of a package. Types of
 * packages still reach the cell: TypeScript works them out as it needs them.
 *
 * Nor is TypeScript's own book kept of which file depends on which: tslab has two programs made for each cell, and the
 * book of each takes longer than most cells. Without it nobody looks up the cell's names before tslab asks for them.
 *
 * `host` is TypeScript's watch host with tslab's listener; it is changed.
 */
function skipPackages(host, { createAbstractBuilder, bindSourceFile }) {
  const listen = host.afterProgramCreate;
  host.createProgram = createAbstractBuilder;
  host.afterProgramCreate = (builder) => {
    const program = builder.getProgram();
    for (const name of program.getRootFileNames())
      bindSourceFile(program.getSourceFile(name), program.getCompilerOptions());
    builder.getAllDependencies = (file) => ownFiles(program, file);
    listen(builder);
  };
  return host;
}

module.exports = { isOfPackage, skipPackages };
