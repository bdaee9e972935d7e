// Variables that must be set before a Node process starts. On Linux, huge pages for large arrays save most page faults
// of reading volumes and of a training step; a value that the user has set is kept.
export const startEnvironment = { GLIBC_TUNABLES: process.env.GLIBC_TUNABLES ?? 'glibc.malloc.hugetlb=1' };
