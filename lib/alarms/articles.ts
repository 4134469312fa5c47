/** The articles of docs/runbook.md, to which the alarms link. */

const ANCHORS = {
  lag: 'lag',
  heartbeat: 'heartbeat',
  coverage: 'coverage',
  pollErrors: 'poll-errors',
  unwatched: 'unwatched',
  runbook: 'runbook',
  reconcile: 'reconcile',
  discovery: 'discovery',
} as const;

/** The address of each article. */
export type Articles = Readonly<Record<keyof typeof ANCHORS, string>>;

/** In the repository, unless a team keeps its copy elsewhere. */
const DEFAULT_RUNBOOK_URL = 'docs/runbook.md';

/** The articles of the page at this address. */
export const articlesAt = (url: string = DEFAULT_RUNBOOK_URL): Articles =>
  Object.fromEntries(Object.entries(ANCHORS).map(([article, anchor]) => [article, `${url}#${anchor}`])) as Articles;
