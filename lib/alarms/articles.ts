/** Articles of docs/runbook.md, by anchor. Each alarm links one. */
export type Article =
  | 'lag'
  | 'heartbeat'
  | 'coverage'
  | 'poll-errors'
  | 'unwatched'
  | 'runbook'
  | 'reconcile'
  | 'discovery';

/** The address of an article. */
export type Articles = (article: Article) => string;

/** The articles of a page: of the one in the repository, unless a team keeps its own copy. */
export const articlesAt =
  (url = 'docs/runbook.md'): Articles =>
  (article) =>
    `${url}#${article}`;
