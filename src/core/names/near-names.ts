/** Names that are like one that is not there: what was meant, most likely. */

/** Less in common is chance. */
const ALIKE = 0.25;

/** At most so many of `names` that have the most pairs of letters in common with `wanted`, the likest first; none that has too few. */
export function nearNames(wanted: string, names: readonly string[], most = 3): readonly string[] {
  const pairs = pairsOf(wanted);
  const rated = names.map((name) => ({ name, likeness: likeness(pairs, pairsOf(name)) }));
  return rated
    .filter((each) => each.likeness >= ALIKE)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Letters in pairs, without case; a single letter is its own pair. */
function pairsOf(name: string): ReadonlySet<string> {
  const letters = Array.from(name.toLowerCase());
  return new Set(letters.length === 1 ? letters : letters.slice(1).map((letter, i) => `${letters[i]}${letter}`));
}

/** Dice's coefficient, 0 to 1. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
}
