import { describe, expect, it } from 'vitest';
import { BurrowPartition, type BurrowStatus, burrowGroupStatus } from '#bench/day/detectors/burrow.ts';

type Commit = readonly [atSeconds: number, offset: number, lag: number];

/**
 * A partition with commits, each with the log end that was known then, and with the newest log end.
 */
function partitionOf(commits: readonly Commit[], end: number): BurrowPartition {
  const partition = new BurrowPartition();
  for (const [atSeconds, offset, lag] of commits) {
    partition.takeEnd(offset + lag);
    partition.takeCommit(offset, atSeconds * 1_000);
  }
  // The history before is not under test.
  for (let i = 0; i < 10; i++) partition.takeEnd(end);
  return partition;
}

const moving = (lags: readonly number[]): Commit[] => lags.map((lag, i) => [100 * (i + 1), 1_000 * (i + 1), lag]);

interface Case {
  readonly title: string;
  readonly commits: readonly Commit[];
  readonly end: number;
  readonly nowSeconds: number;
  readonly status: BurrowStatus;
}

const CASES: readonly Case[] = [
  { title: 'nothing is unread', commits: moving([50, 50]), end: 2_000, nowSeconds: 9_999, status: 'OK' },
  { title: 'no commit was seen', commits: [], end: 2_000, nowSeconds: 9_999, status: 'OK' },
  {
    title: 'one commit without lag makes all well, though lag never falls',
    commits: moving([0, 50, 100, 150, 200]),
    end: 5_200,
    nowSeconds: 600,
    status: 'OK',
  },
  {
    title: 'no commit for as long as the window spans: not yet',
    commits: moving([50, 100, 150, 200, 250]),
    end: 5_250,
    nowSeconds: 900,
    status: 'WARN',
  },
  {
    title: 'no commit for longer than the window spans',
    commits: moving([0, 50, 100, 150, 200]),
    end: 5_200,
    nowSeconds: 1_000,
    status: 'STOP',
  },
  {
    title: 'the same offset again and again, with lag',
    commits: [100, 150, 200, 250].map((lag, i) => [100 * (i + 1), 1_000, lag]),
    end: 1_250,
    nowSeconds: 500,
    status: 'STALL',
  },
  {
    title: 'a commit goes back, and none comes as far again',
    commits: [
      [100, 3_000, 100],
      [200, 1_000, 2_200],
      [300, 2_000, 1_300],
    ],
    end: 3_300,
    nowSeconds: 400,
    status: 'REWIND',
  },
  {
    title: 'a commit goes back, and is made up for',
    commits: [
      [100, 3_000, 100],
      [200, 2_900, 300],
      [300, 3_100, 200],
    ],
    end: 3_300,
    nowSeconds: 400,
    status: 'OK',
  },
  {
    title: 'one dip clears a warning',
    commits: moving([50, 100, 90, 200, 300]),
    end: 5_300,
    nowSeconds: 600,
    status: 'OK',
  },
];

describe('BurrowPartition', () => {
  it.each(CASES)('$status: $title', ({ commits, end, nowSeconds, status }) => {
    expect(partitionOf(commits, end).status(nowSeconds * 1_000)).toBe(status);
  });

  it('is not stopped while one of its log ends had been read', () => {
    const partition = new BurrowPartition();
    partition.takeEnd(1_000);
    partition.takeCommit(1_000, 0);
    partition.takeEnd(1_500);

    expect(partition.status(60_000)).toBe('OK');

    for (let i = 0; i < 9; i++) partition.takeEnd(1_500);

    expect(partition.status(60_000)).toBe('STOP');
  });

  it('keeps ten commits, so it forgets an older rewind', () => {
    const partition = partitionOf(
      [[1, 9_000, 10], ...Array.from({ length: 10 }, (_, i): Commit => [2 + i, i, 9_000 - i])],
      9_100,
    );

    expect(partition.status(12_000)).toBe('OK');
  });
});

describe('burrowGroupStatus', () => {
  it('is the worst status of the partitions, at worst ERR', () => {
    const stopped = partitionOf(moving([50, 60, 70]), 5_000);
    const warning = partitionOf(moving([50, 60, 70]), 3_070);

    expect(burrowGroupStatus([warning], 310_000)).toBe('WARN');
    expect(burrowGroupStatus([warning, stopped], 900_000)).toBe('ERR');
    expect(burrowGroupStatus([], 0)).toBe('OK');
  });
});
