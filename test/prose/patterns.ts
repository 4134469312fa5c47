/** Turns of phrase that `docs/style.md` bans, as data. A pattern must have no false positives. */

export interface BannedPattern {
  readonly id: string;
  /** Matched with any whitespace, line breaks included, where it has `\s+`. */
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly instead: string;
  /** One text that it finds, for the test of the test. */
  readonly example: string;
}

export const BANNED: readonly BannedPattern[] = [
  {
    id: 'tell',
    pattern: /\b(?:tell|tells|told|telling)\b/gi,
    instead: 'return, report, read, show, name or know',
    example: 'what the broker told',
  },
  {
    id: 'whoever',
    pattern: /\bwhoever\b/gi,
    instead: 'the subject itself: the caller, the operator, the next run',
    example: 'Whoever waits goes on',
  },
  {
    id: 'who-of-programs',
    pattern:
      /\b(?:programs?|functions?|commands?|readers?|brokers?|polls?|runs?|groups?|consumers?|members?)\s+who\b/gi,
    instead: '"that", for everything but people',
    example: 'a broker who answers',
  },
  {
    id: 'headless-who',
    pattern: /(?<=^|[.;:]\s+)who\s+(?:asks|has|looks|reads|runs|sees|waits|wants|watches)\b/gim,
    instead: 'the subject itself: "a user needs …", "the caller waits …"',
    example: 'Who looks at the dashboard needs a permission.',
  },
  {
    id: 'made-again',
    pattern: /\bmade\s+(?:again|anew)\b/gi,
    instead: 'recreated (a topic), reopened (a connection), written again (a file)',
    example: 'a topic that was made again',
  },
  { id: 'anew', pattern: /\banew\b/gi, instead: 'again, from the start, a new …', example: 'history starts anew' },
  {
    id: 'so-many',
    pattern: /\bso\s+many\b/gi,
    instead: 'the number itself, or "that many"',
    example: 'at most so many columns',
  },
  {
    id: 'so-long',
    pattern: /\b(?:for\s+so\s+long|so\s+long\s+(?:as|ago|from|that))\b/gi,
    instead: 'as long as, that long, for this time',
    example: 'so long as a member reads',
  },
  {
    id: 'is-so',
    pattern: /\b(?:is|are|was|were|been|stay|stays|stayed)\s+so(?:\s+since\b|(?=[.,;:)]))/gi,
    instead: 'what it is: "has matched since", "remains scaled out"',
    example: 'since when it is so, and what it rests on',
  },
  {
    id: 'give-back',
    pattern: /\b(?:give|gives|gave|given|giving)\s+(?:\w+\s+){0,2}back\b/gi,
    instead: 'restore (capacity), release (a lock), return (a value)',
    example: 'it gives the capacity back',
  },
  { id: 'work-off', pattern: /\bwork(?:s|ed|ing)?\s+off\b/gi, instead: 'drain', example: 'a backlog is worked off' },
  {
    id: 'make-good',
    pattern: /\b(?:make|makes|made)\s+good\b/gi,
    instead: 'repair, make up for',
    example: 'nobody makes good a lost event',
  },
  {
    id: 'speak-of',
    pattern: /\b(?:speak|speaks|spoke|spoken|speaking)\s+of\b/gi,
    instead: 'cover, name, set, be about',
    example: 'what thresholds do not speak of',
  },
  {
    id: 'hear-of',
    pattern: /\b(?:hear|hears|heard)\s+of\b/gi,
    instead: 'be notified about, receive',
    example: 'to hear of incidents',
  },
  {
    id: 'ask-nobody',
    pattern: /\bask(?:s|ed|ing)?\s+nobody\b/gi,
    instead: 'make no request',
    example: 'asks nobody',
  },
  {
    id: 'asked-of',
    pattern: /\basked\s+of\b/gi,
    instead: 'requested from, required of',
    example: 'it is not asked of the brokers',
  },
  {
    id: 'trailing-not',
    pattern: /\b(?:where|when)\s+not(?=[.,;:)]|$)/gim,
    instead: 'otherwise, "if it is not"',
    example: 'and rolls back when not.',
  },
  { id: 'wanting', pattern: /\bwanting\b/gi, instead: 'missing, failed', example: 'rights that are wanting' },
  {
    id: 'second-look',
    pattern: /\b(?:second|fresh|between\s+two)\s+looks?\b/gi,
    instead: 'observation (of a run), check (of a person)',
    example: 'a fresh look at one group',
  },
  {
    id: 'time-to-catch-up',
    pattern: /\btimes?\s+to\s+catch\s+up\b/gi,
    instead: 'time to drain',
    example: 'rates, time to catch up',
  },
  {
    id: 'time-to-loss',
    pattern: /\btimes?\s+to\s+loss\b|(?<!data\s+)\bloss\s+horizons?\b/gi,
    instead: 'time to data loss, data loss horizon',
    example: 'below the loss horizon',
  },
];
