/** What the notebooks of the course call: `import * as course from 'axunet-lessons/course'`. */
export * from './course/check.ts';
export * from './course/material.ts';
export * from './course/network.ts';
export * from './course/tables.ts';
