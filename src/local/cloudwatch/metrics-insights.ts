/**
 * Parser of the part of CloudWatch Metrics Insights SQL that the alarms are written in:
 * `SELECT fn(metric) FROM SCHEMA("ns", dim, …) WHERE dim = 'v' [AND …] GROUP BY dim, … ORDER BY fn() [ASC|DESC] [LIMIT n]`.
 *
 * Everything else is an error: a query that is half understood would give an alarm that is half right.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */

const FUNCTIONS = ['AVG', 'COUNT', 'MAX', 'MIN', 'SUM'] as const;
/** Aggregation over all observations of a group in a period. */
export type InsightsFunction = (typeof FUNCTIONS)[number];

/** A parsed query. Keywords were read in any case; names and values are as written. */
export interface InsightsQuery {
  readonly fn: InsightsFunction;
  readonly metricName: string;
  readonly namespace: string;
  /** Only metrics with exactly these dimension names take part. */
  readonly dimensions: readonly string[];
  /** All must hold; empty without a WHERE. */
  readonly where: readonly { readonly dimension: string; readonly value: string }[];
  /** At least one: each combination of values is a series of its own. */
  readonly groupBy: readonly string[];
  readonly orderBy: { readonly fn: InsightsFunction; readonly direction: 'ASC' | 'DESC' };
  /** Absent: CloudWatch's own limit. */
  readonly limit?: number;
}

interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'sign';
  readonly value: string;
}

const TOKEN = /\s+|([A-Za-z_]\w*)|"([^"]+)"|'([^']*)'|(\d+)|([(),=])/y;

/** Reads a query. @throws Error `unsupported Metrics Insights SQL: …` on anything outside the subset above */
export function parseInsightsQuery(sql: string): InsightsQuery {
  const parser = new Parser(sql, tokenize(sql));
  const query = parser.query();
  checkNames(sql, query);
  return query;
}

const refuse = (sql: string, problem: string): Error =>
  new Error(`unsupported Metrics Insights SQL: ${problem} in ${JSON.stringify(sql)}`);

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sql.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(sql);
    if (match === null) throw refuse(sql, `${JSON.stringify(sql.slice(at, at + 10))} at position ${at}`);
    const [, word, quoted, text, number, sign] = match;
    if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', value: quoted });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}

function checkNames(sql: string, query: InsightsQuery): void {
  for (const name of [...query.groupBy, ...query.where.map((condition) => condition.dimension)]) {
    if (!query.dimensions.includes(name)) throw refuse(sql, `${name} is not a dimension of SCHEMA`);
  }
  if (query.limit !== undefined && (query.limit < 1 || query.limit > 500)) throw refuse(sql, `LIMIT ${query.limit}`);
}

class Parser {
  private readonly sql: string;
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql;
    this.tokens = tokens;
  }

  query(): InsightsQuery {
    this.expectWord('SELECT');
    const fn = this.fn();
    this.expectSign('(');
    const metricName = this.name('a metric name');
    this.expectSign(')');
    this.expectWord('FROM');
    this.expectWord('SCHEMA');
    this.expectSign('(');
    const [namespace = '', ...dimensions] = this.list(() => this.name('a name'));
    this.expectSign(')');
    const where = this.takeWord('WHERE')
      ? this.list(
          () => this.condition(),
          () => this.takeWord('AND'),
        )
      : [];
    this.expectWord('GROUP');
    this.expectWord('BY');
    const groupBy = this.list(() => this.name('a dimension'));
    const orderBy = this.orderBy();
    const limit = this.takeWord('LIMIT') ? { limit: Number(this.take('number', 'a number').value) } : {};
    if (this.position < this.tokens.length) throw this.unexpected('the end');
    return { fn, metricName, namespace, dimensions, where, groupBy, orderBy, ...limit };
  }

  private orderBy(): InsightsQuery['orderBy'] {
    this.expectWord('ORDER');
    this.expectWord('BY');
    const fn = this.fn();
    this.expectSign('(');
    this.expectSign(')');
    if (this.takeWord('DESC')) return { fn, direction: 'DESC' };
    this.takeWord('ASC');
    return { fn, direction: 'ASC' };
  }

  private condition(): { dimension: string; value: string } {
    const dimension = this.name('a dimension');
    this.expectSign('=');
    return { dimension, value: this.take('text', 'a value in single quotes').value };
  }

  private fn(): InsightsFunction {
    const word = this.take('word', 'a function').value.toUpperCase();
    const found = FUNCTIONS.find((fn) => fn === word);
    if (found === undefined) throw refuse(this.sql, `function ${word}`);
    return found;
  }

  private list<T>(item: () => T, separator = () => this.takeSign(',')): T[] {
    const items = [item()];
    while (separator()) items.push(item());
    return items;
  }

  private name(wanted: string): string {
    const token = this.tokens[this.position];
    return this.take(token?.kind === 'quoted' ? 'quoted' : 'word', wanted).value;
  }

  private take(kind: Token['kind'], wanted: string): Token {
    const token = this.tokens[this.position];
    if (token?.kind !== kind) throw this.unexpected(wanted);
    this.position++;
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.position];
    const matches = token?.kind === 'word' && token.value.toUpperCase() === word;
    if (matches) this.position++;
    return matches;
  }

  private takeSign(sign: string): boolean {
    const token = this.tokens[this.position];
    const matches = token?.kind === 'sign' && token.value === sign;
    if (matches) this.position++;
    return matches;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word);
  }

  private expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.unexpected(sign);
  }

  private unexpected(wanted: string): Error {
    const found = this.tokens[this.position];
    return refuse(
      this.sql,
      `${found === undefined ? 'the end' : JSON.stringify(found.value)} where ${wanted} should be`,
    );
  }
}
