/** What a file imports against the rules, each as a sentence that says what to do. */
import { FOLDERS, type FolderRule } from './folders.ts';
import { importsOf, type Source } from './imports.ts';
import { ROOMS, type RoomRule } from './rooms.ts';

const isWithin = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);
const slashed = (prefix: string): string => (/[/:]$/.test(prefix) ? prefix : `${prefix}/`);

/** Breaches of the rules between folders. */
export function folderBreaches(source: Source): string[] {
  const found = ruleOf(source.file);
  if (found === undefined) return [`${source.file} lies in no folder of test/architecture/folders.ts: add a row`];
  const { place, rule } = found;
  const { files, packages } = importsOf(source);
  const mayFile = (file: string) => [place, ...rule.folders].some((folder) => isWithin(file, folder));
  const mayPackage = (name: string) => rule.packages.some((p) => name === p || name.startsWith(slashed(p)));
  return [...files.filter((file) => !mayFile(file)), ...packages.filter((name) => !mayPackage(name))].map(
    (target) =>
      `${source.file} imports ${target}, and ${place} may not (${rule.because}): ` +
      'move the code, or change test/architecture/folders.ts with a reason',
  );
}

function ruleOf(file: string): { place: string; rule: FolderRule } | undefined {
  const places = Object.entries(FOLDERS).filter(([place]) => isWithin(file, place));
  const [place, rule] = places.sort(([a], [b]) => b.length - a.length)[0] ?? [];
  return place === undefined || rule === undefined ? undefined : { place, rule };
}

/** Breaches of the rules between the rooms of a folder. */
export function roomBreaches(source: Source): string[] {
  const [folder, rules] = Object.entries(ROOMS).find(([name]) => isWithin(source.file, name)) ?? [];
  if (folder === undefined || rules === undefined) return [];
  const rule = roomIn(rules, folder, source.file);
  if (rule === undefined) return [`${source.file} lies in no room of test/architecture/rooms.ts: add a row`];
  return importsOf(source).files.flatMap((file) => {
    if (!isWithin(file, folder)) return [];
    const target = roomIn(rules, folder, file)?.room;
    if (target === undefined || target === rule.room || rule.imports.includes(target)) return [];
    return [
      `${source.file} imports ${file}, and the room ${folder}/${rule.room} may not import ${target} (${rule.because}): ` +
        'move the code down, or change test/architecture/rooms.ts with a reason',
    ];
  });
}

function roomIn(rules: readonly RoomRule[], folder: string, file: string): RoomRule | undefined {
  const within = rules.filter(({ room }) => isWithin(file, `${folder}/${room}`));
  return within.sort((a, b) => b.room.length - a.room.length)[0];
}

/** Rows that import a room which does not stand above them: such a table could allow a ring. */
export const upwardRows = (rules: readonly RoomRule[]): string[] =>
  rules.flatMap(({ room, imports }, index) =>
    imports
      .filter((target) => !rules.slice(0, index).some((above) => above.room === target))
      .map((target) => `${room} imports ${target}, which is not above it`),
  );
