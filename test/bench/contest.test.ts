import { afterEach, describe, expect, it } from 'vitest';
import { type Contender, contest, startContender } from '../../bench/contest.ts';
import { benchJob, median } from '../../bench/job.ts';

let started: Contender[] = [];

/** A contender that answers with the given seconds one after the other. */
async function contender(name: string, seconds: number[], extra = ''): Promise<Contender> {
  const program = `
    const seconds = ${JSON.stringify(seconds)};
    console.log('a line that is not JSON');
    console.log(JSON.stringify({ name: '${name}', parameters: 7 }));
    require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
      ${extra}
      console.log(JSON.stringify({ seconds: seconds.shift(), rssMb: 10.4 }));
    });`;
  const one = await startContender(process.execPath, ['-e', program]);
  started.push(one);
  return one;
}

afterEach(() => {
  for (const one of started) one.stop();
  started = [];
});

describe('a contest', () => {
  it('lets processes repeat in turns and leaves the warm-up out', async () => {
    const contenders = [await contender('ours', [9, 9, 1, 2]), await contender('peer', [8, 8, 3, 4])];
    expect(contenders[0].ready.parameters).toBe(7);
    expect(await contest(contenders, 2)).toEqual([
      { name: 'ours', seconds: [1, 2], rssMb: 10 },
      { name: 'peer', seconds: [3, 4], rssMb: 10 },
    ]);
  });

  it('reports the last words of a process that ends too early', async () => {
    const dying = await contender('dying', [1], `console.error('out of memory'); process.exit(3);`);
    await expect(dying.repeat()).rejects.toThrow(/exit code 3 out of memory/);
    await expect(startContender('no-such-program', [])).rejects.toThrow(/ENOENT/);
  });
});

describe('a benchmark result', () => {
  it('compares the minimum with that of the faster peer', () => {
    const job = benchJob('train', { name: 'us', seconds: [3, 2, 4], rssMb: 100 }, [
      { name: 'slow', seconds: [5, 6], rssMb: 1 },
      { name: 'fast', seconds: [9, 4], rssMb: 2 },
    ]);
    expect(job).toEqual({
      job: 'train',
      ours: 'us',
      ours_s: 2,
      ours_median_s: 3,
      peer: 'fast',
      peer_s: 4,
      peer_median_s: 6.5,
      ratio: 0.5,
      n: 3,
      ours_rss_mb: 100,
      peer_rss_mb: 2,
    });
  });

  it('has empty peer columns without a peer', () => {
    const job = benchJob('infer', { name: 'us', seconds: [1], rssMb: null }, []);
    expect([job.peer, job.peer_s, job.peer_median_s, job.ratio, job.peer_rss_mb]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('takes the middle of an even number of values as their mean', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
