/** Where the alarms send people who want to know more: the articles of docs/runbook.md. */

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

/** Where the runbook's articles are unless a team has them elsewhere: in the repository that it deploys from. */
export const DEFAULT_RUNBOOK_URL = 'docs/runbook.md';

/** The articles of the page at an address. */
export const articlesAt = (url: string = DEFAULT_RUNBOOK_URL): Articles =>
  Object.fromEntries(Object.entries(ANCHORS).map(([article, anchor]) => [article, `${url}#${anchor}`])) as Articles;
