/** What every OffsetsReader does: over a real broker and over the simulated group alike. */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { byPartition } from '#core/kafka/model.ts';
import { absent, knownValue, type Reading } from '#core/kafka/reading.ts';
import { type Filters, filtersSchema } from '#core/names/filters.ts';
import type { OffsetsReader, ReadRequest } from '#core/ports.ts';

export interface ReaderStand {
  readonly reader: OffsetsReader;
  /** A reader like it that has filters; it is closed by the test. */
  filtered(filters: Filters): OffsetsReader;
  /**
   * A Stable group of `members` members that own all `partitions` of its one topic, and have
   * committed on each.
   */
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: number;
  readonly members: number;
  /**
   * Retention of the topic in a reading with ages; undefined where all records are read.
   */
  readonly retentions: readonly (Reading<unknown>['kind'] | undefined)[];
}

/** Runs the contract over one stand; `stand` is called inside the tests. */
export function offsetsReaderContract(name: string, stand: () => ReaderStand): void {
  const readGroup = async () => {
    const reading = await stand().reader.read({ groupIds: [stand().groupId] });
    const group = reading.groups[0];
    if (group === undefined) throw new Error('the group is not in the reading');
    return { reading, group };
  };

  describe(`OffsetsReader, ${name}`, () => {
    it('lists every group when none is named', async () => {
      const { groups, unreadableGroups, problems } = await stand().reader.read();

      expect(groups.map((group) => group.groupId)).toContain(stand().groupId);
      expect({ unreadableGroups, problems }).toEqual({ unreadableGroups: [], problems: [] });
    });

    it('gives every partition once, in order, each with its offsets', async () => {
      const { group } = await readGroup();

      expect(group.partitions.map((p) => p.partition)).toEqual(Array.from({ length: stand().partitions }, (_, p) => p));
      expect([...group.partitions].sort(byPartition)).toEqual(group.partitions);
      // Without transactions the last stable offset is the log's end, and each reader returns it.
      for (const { committedOffset, logStartOffset, lastStableOffset } of group.partitions) {
        const [start, committed, end] = [logStartOffset, committedOffset, lastStableOffset].map(knownValue);
        expect(start).toBeLessThanOrEqual(committed ?? -1n);
        expect(committed).toBeLessThanOrEqual(end ?? -1n);
      }
    });

    it('gives state, assignor, and members that own each partition once', async () => {
      const { group } = await readGroup();
      const members = knownValue(group.members) ?? [];
      const owned = members.flatMap((member) => member.assignment.map((tp) => tp.partition));

      expect(knownValue(group.state)).toBe('Stable');
      expect(knownValue(group.assignor)).toMatch(/./);
      expect(members).toHaveLength(stand().members);
      expect(members.every((member) => member.host === '127.0.0.1')).toBe(true);
      expect(owned.sort((a, b) => a - b)).toEqual(group.partitions.map((p) => p.partition));
    });

    it('says of a group that does not exist that it cannot be read, beside one that does', async () => {
      const { groups, unreadableGroups } = await stand().reader.read({ groupIds: ['no-such-group', stand().groupId] });

      expect(groups.map((group) => group.groupId)).toEqual([stand().groupId]);
      expect(unreadableGroups).toEqual([{ groupId: 'no-such-group', reason: expect.stringMatching(/./) }]);
    });

    it('reads no group when an empty list is given', async () => {
      const { groups, unreadableGroups } = await stand().reader.read({ groupIds: [] });

      expect({ groups, unreadableGroups }).toEqual({ groups: [], unreadableGroups: [] });
    });

    it('returns the retention of the topic, or why it is unknown', async () => {
      const ages = { rounds: 3, precisePartitions: 10 };
      const { topics } = await stand().reader.read({ groupIds: [stand().groupId], ages });
      const facts = topics.get(stand().topic);

      expect(facts?.partitions).toBe(stand().partitions);
      expect(stand().retentions).toContain(facts?.retention?.kind);
      if (facts?.retention?.kind === 'known') expect(Object.values(facts.retention.value)).not.toEqual([]);
    });

    it('never goes back between two readings', async () => {
      const [first, second] = [await readGroup(), await readGroup()];

      expect(second.reading.atMs).toBeGreaterThanOrEqual(first.reading.atMs);
      expect(first.reading.requests).toBeGreaterThan(0);
      second.group.partitions.forEach((after, i) => {
        const before = first.group.partitions[i];
        expect(knownValue(after.lastStableOffset)).toBeGreaterThanOrEqual(
          (before && knownValue(before.lastStableOffset)) ?? 0n,
        );
      });
    });

    describe('with filters', () => {
      const readWith = async (filters: z.input<typeof filtersSchema>, request?: ReadRequest) => {
        const reader = stand().filtered(filtersSchema.parse(filters));
        try {
          const reading = await reader.read(request);
          return { ...reading, ids: reading.groups.map((group) => group.groupId) };
        } finally {
          await reader.close();
        }
      };
      const nothingMissed = { unreadableGroups: [], problems: [] };

      it('reads the groups that are included, and misses no other', async () => {
        const [first = ''] = stand().groupId;

        expect(await readWith({ groups: { include: [`${first}*`] } })).toMatchObject({
          ids: [stand().groupId],
          ...nothingMissed,
        });
        expect(await readWith({ groups: { include: ['/^no-such/'] } })).toMatchObject({ ids: [], ...nothingMissed });
      });

      it('leaves out the groups that are excluded, unless they are named', async () => {
        const filters = { groups: { exclude: [stand().groupId] } };

        expect((await readWith(filters)).ids).not.toContain(stand().groupId);
        expect(await readWith(filters, { groupIds: [stand().groupId] })).toMatchObject({
          ids: [stand().groupId],
          ...nothingMissed,
        });
      });

      it('leaves out the topics that are excluded, and keeps the group with what its members own', async () => {
        const filters = { topics: { exclude: [stand().topic] } };
        const { groups, ...reading } = await readWith(filters, { groupIds: [stand().groupId] });
        const owned = knownValue(groups[0]?.members ?? absent)?.flatMap((member) => member.assignment);

        expect(reading).toMatchObject(nothingMissed);
        expect(groups[0]).toMatchObject({ groupId: stand().groupId, partitions: [] });
        expect(owned).toHaveLength(stand().partitions);
      });

      it('reads the topics that are included, and takes no more requests where nothing is left', async () => {
        const included = await readWith({ topics: { include: [stand().topic] } });
        const none = await readWith({ groups: { exclude: ['*'] } });

        expect(included.groups[0]?.partitions).toHaveLength(stand().partitions);
        expect(none.requests).toBeLessThanOrEqual(included.requests);
      });
    });
  });
}
