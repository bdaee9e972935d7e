/** The registry as Markdown, for data/README.md. */
import { type DatasetEntry, registry } from './registry.ts';

/** Sizes as people say them: `7 MB`, `11.7 GB`, `< 1 MB`. */
export function formatMegabytes(mb: number): string {
  if (mb < 1) return '< 1 MB';
  return mb < 1000 ? `${Math.round(mb)} MB` : `${(mb / 1000).toFixed(1)} GB`;
}

const link = (source: string): string => source.replace(/https?:\/\/[^\s,]+/g, (url) => `<${url}>`);

function row({ name, content, source, licence, sizeMb, howToGet }: DatasetEntry): string {
  return `| \`${name}\` | ${content} | ${link(source)} | ${licence} | ${formatMegabytes(sizeMb)} | ${howToGet} |`;
}

function details({ name, title, layout, citation }: DatasetEntry): string {
  const files = layout.map((line) => (line.startsWith('(') ? line : `\`${line}\``)).join(', ');
  return `| ${title} | \`data/${name}/\` | ${files} | ${citation} |`;
}

/** The tables of data/README.md; a test keeps the file equal to them. */
export function registryMarkdown(): string {
  return [
    '| name | what | source | licence | size | how to get it |',
    '|---|---|---|---|---|---|',
    ...registry.map(row),
    '',
    '### Layout and citation',
    '',
    '| set | folder | files | cite |',
    '|---|---|---|---|',
    ...registry.map(details),
  ].join('\n');
}
