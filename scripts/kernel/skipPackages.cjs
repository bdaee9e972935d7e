// Leaves the files of packages unchecked when a cell is compiled.

/**
 * Whether a file that a cell needs is one of a package; `cell` is the cell's own file. The folder of the cells may lie
 * in a package itself: what lies beside them is theirs.
 */
function isOfPackage(name, cell) {
  const folder = cell.slice(0, cell.lastIndexOf('/'));
  return (name.startsWith(`${folder}/`) ? name.slice(folder.length) : name).includes('/node_modules/');
}

/**
 * tslab checks and emits, with a cell, every TypeScript file on which it depends, and so all files of the packages
 * axunet…, which bring TypeScript rather than declarations: seconds before the first cell runs. It throws both away
 * again, since it shows errors of files below its own folder only, and never runs what it made of a package. Types of
 * packages still reach the cell: TypeScript works them out as it needs them.
 *
 * `host` is TypeScript's watch host with tslab's listener; it is changed.
 */
function skipPackages(host) {
  const listen = host.afterProgramCreate;
  host.afterProgramCreate = (builder) => {
    const { getAllDependencies } = builder;
    builder.getAllDependencies = (file) => getAllDependencies(file).filter((name) => !isOfPackage(name, file.fileName));
    listen(builder);
  };
  return host;
}

module.exports = { isOfPackage, skipPackages };
