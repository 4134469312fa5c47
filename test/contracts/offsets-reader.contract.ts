/** What every OffsetsReader does: over a real broker and over the simulated group alike. */
import { describe, expect, it } from 'vitest';
import { byPartition, knownValue } from '../../src/core/kafka.ts';
import type { OffsetsReader } from '../../src/core/ports.ts';

export interface ReaderStand {
  readonly reader: OffsetsReader;
  /** A Stable group of `members` members that own all `partitions` of its one topic, and have committed on each. */
  readonly groupId: string;
  readonly partitions: number;
  readonly members: number;
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
      for (const { committedOffset, logStartOffset, logEndOffset } of group.partitions) {
        const [start, committed, end] = [logStartOffset, committedOffset, logEndOffset].map(knownValue);
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

    it('never goes back between two readings', async () => {
      const [first, second] = [await readGroup(), await readGroup()];

      expect(second.reading.atMs).toBeGreaterThanOrEqual(first.reading.atMs);
      expect(first.reading.requests).toBeGreaterThan(0);
      second.group.partitions.forEach((after, i) => {
        const before = first.group.partitions[i];
        expect(knownValue(after.logEndOffset)).toBeGreaterThanOrEqual(
          (before && knownValue(before.logEndOffset)) ?? 0n,
        );
      });
    });
  });
}
