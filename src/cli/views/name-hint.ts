/** The hint after a name that does not exist. */
import { nearNames } from '#core/names/near-names.ts';

/** Names in a hint; the others are counted. */
const MOST_NAMED = 5;

/**
 * Names that resemble the wanted ones, or else some that exist. Begins with `; `; empty without
 * names.
 */
export function nameHint(wanted: readonly string[], names: readonly string[]): string {
  const near = new Set(wanted.flatMap((each) => nearNames(each, names)));
  if (near.size > 0) return `; did you mean ${quoted([...near]).join(' or ')}?`;
  if (names.length === 0) return '';
  const more = names.length - MOST_NAMED;
  const some = quoted(names.slice(0, MOST_NAMED)).join(', ');
  return `; there ${names.length === 1 ? 'is' : 'are'} ${some}${more > 0 ? ` and ${more} more` : ''}`;
}

const quoted = (names: readonly string[]): readonly string[] => names.map((each) => JSON.stringify(each));
