// Leaves the files of packages unchecked when a cell is compiled.

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
    builder.getAllDependencies = (file) => getAllDependencies(file).filter((name) => !name.includes('/node_modules/'));
    listen(builder);
  };
  return host;
}

module.exports = { skipPackages };
