import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Danfo {
  readCSV(address: string): Promise<{ columns: string[]; values: unknown[][] }>;
  streamJSON(address: string, row: (frame: { values: unknown[][] }) => void): Promise<null>;
}
const require = createRequire(import.meta.url);
const danfo = require('danfojs-node') as Danfo;

const answers: Record<string, string> = {
  '/scores.csv': 'patient,dsc\nA,0.8\nB,0.7\n',
  '/scores.json': '[{"dsc":0.8},{"dsc":0.7}]',
};
let server: Server;
let address: string;
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    response.statusCode = answers[url!] === undefined ? 404 : 200;
    response.end(answers[url!]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('scripts/request, which takes the place of the retired package for danfojs-node', () => {
  it('is the one that danfojs-node loads', () => {
    const fromDanfo = createRequire(require.resolve('danfojs-node'));
    expect(fromDanfo.resolve('request')).toMatch(/scripts[\\/]request[\\/]index\.cjs$/);
  });

  it('lets danfojs-node read a table from an address', async () => {
    const { columns, values } = await danfo.readCSV(`${address}/scores.csv`);
    expect([columns, values]).toEqual([
      ['patient', 'dsc'],
      [
        ['A', 0.8],
        ['B', 0.7],
      ],
    ]);
  });

  it('lets danfojs-node stream rows of JSON', async () => {
    const rows: unknown[][] = [];
    await danfo.streamJSON(`${address}/scores.json`, ({ values }) => rows.push(...values));
    expect(rows).toEqual([[0.8], [0.7]]);
  });

  it('passes on that there is nothing at an address', async () => {
    await expect(danfo.readCSV(`${address}/none.csv`)).rejects.toThrow('HTTP 404');
  });
});
