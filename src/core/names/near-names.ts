/** Names that resemble a name that does not exist: most likely one of them was meant. */

/** Names with less in common resemble each other by chance. */
const ALIKE = 0.25;

/** At most `most` of the names that resemble `wanted`, the most similar first; none may. */
export function nearNames(wanted: string, names: readonly string[], most = 3): readonly string[] {
  const pairs = pairsOf(wanted);
  const rated = names.map((name) => ({ name, likeness: likeness(pairs, pairsOf(name)) }));
  return rated
    .filter((each) => each.likeness >= ALIKE)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, most)
    .map(({ name }) => name);
}

/** The pairs of letters in lower case. A single letter is its own pair. */
function pairsOf(name: string): ReadonlySet<string> {
  const letters = Array.from(name.toLowerCase());
  return new Set(letters.length === 1 ? letters : letters.slice(1).map((letter, i) => `${letters[i]}${letter}`));
}

/** Dice's coefficient, 0 to 1. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
}
