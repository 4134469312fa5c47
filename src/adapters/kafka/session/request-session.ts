/**
 * The requests of one reading: counted, within one deadline. A broker that failed gets no more of
 * them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type API, type Broker, ResponseError } from '@platformatic/kafka';
import {
  type BrokerVersions,
  type Connections,
  type OpenConnection,
  pickVersion,
} from '#adapters/kafka/connection/connections.ts';
import { type Refusal, refusalOf } from '#adapters/kafka/connection/refusals.ts';
import { failure, isTimeout, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import type { KafkaRequest } from '#adapters/kafka/protocol/requests.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { connectionProblem } from '#adapters/kafka-access/connection-problems.ts';
import { within } from '#adapters/kafka-access/deadline.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { firstAnswer } from './first-answer.ts';

/** Wait before a second request: a leader is elected within about that time. */
const PAUSE_MS = 250;

export interface SessionOptions {
  readonly connections: Connections;
  readonly auth: AuthKind;
  readonly timeoutMs: number;
}

/** One reading's requests. */
export interface RequestSession {
  /** Requests sent, without those that set up connections. */
  readonly requests: number;
  /**
   * Sends a request to one broker. A response with errors is a success: the errors belong to its
   * items.
   *
   * @throws KafkaAuthError when a broker refuses the login before any broker has answered
   */
  send<Args extends unknown[], Response>(
    broker: Broker,
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>>;
  /**
   * Sends a request to one broker after another until one answers. Brokers with an open connection
   * come first, the quickest of them in front. While a broker that has not yet answered in this
   * reading is silent, the next one is tried beside it. A failure names each broker and its reason;
   * it is `unsupported` when one of the brokers does not support the request.
   *
   * @throws KafkaAuthError
   */
  sendToAny<Args extends unknown[], Response>(
    brokers: readonly Broker[],
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>>;
  /** Waits a moment before a second request. */
  pause(): Promise<void>;
  /**
   * Requests from now on end when this share of the reading's time has passed. Later stages keep
   * the rest.
   */
  limit(share: number): void;
}

/** Begins a reading. Its time starts now. */
export const beginSession = (options: SessionOptions): RequestSession => new BrokerSession(options);

type Tried<Response> = Outcome<Response> & {
  /** The request did not reach the broker, or no answer came back. */
  readonly lost?: boolean;
  /** The broker was lost because of the login. */
  readonly refusal?: Refusal;
  /** An open connection broke. That is no fault: brokers close idle connections. */
  readonly broke?: boolean;
};

/**
 * Share of the reading's time after which a broker's silence makes the session try the next broker
 * too.
 */
const WAIT_SHARE = 1 / 6;

class BrokerSession implements RequestSession {
  requests = 0;
  readonly #options: SessionOptions;
  readonly #startMs = performance.now();
  #share = 1;
  /** Why a broker gets no more requests, by its name. */
  readonly #down = new Map<string, string>();
  /** Brokers that were connected to again in this reading. */
  readonly #rebuilt = new Set<string>();
  /** Longest time for an answer, by the broker's name. An entry proves that our login is good. */
  readonly #slowestMs = new Map<string, number>();
  /** Credentials were loaded again in this reading, or there is nothing to load. */
  #renewed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  limit(share: number): void {
    this.#share = share;
  }

  async send<Args extends unknown[], Response>(
    broker: Broker,
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>> {
    const name = brokerName(broker);
    const down = this.#down.get(name);
    if (down !== undefined) return failure(down, true);
    const mayRebuild = !this.#rebuilt.has(name);
    let outcome: Tried<Response> = await this.#try(broker, request, args);
    const since = this.#down.get(name);
    // Another request timed out, and broke the connection for this one.
    if (!outcome.ok && outcome.broke && since !== undefined) return failure(since, true);
    if (mayRebuild && !outcome.ok && outcome.broke) {
      this.#rebuilt.add(name);
      outcome = await this.#try(broker, request, args);
    }
    if (this.#mayRenew(outcome)) outcome = await this.#try(broker, request, args);
    if (!outcome.ok && outcome.lost && !this.#down.has(name)) this.#down.set(name, outcome.reason);
    // MSK refuses logins also when it lacks connections. Once a broker has accepted ours, a refusal
    // concerns only the broker that sent it.
    if (!outcome.ok && outcome.refusal !== undefined && this.#slowestMs.size === 0) throw outcome.refusal.error;
    return outcome;
  }

  async sendToAny<Args extends unknown[], Response>(
    brokers: readonly Broker[],
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>> {
    const tried: string[] = [];
    let unsupported = false;
    const sendTo = async (broker: Broker) => {
      const startedAt = performance.now();
      const outcome = await this.send(broker, request, ...args);
      if (outcome.ok) return outcome;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      unsupported ||= outcome.unsupported === true;
      tried.push(`${brokerName(broker)}: ${outcome.reason} (after ${seconds} s)`);
      return outcome;
    };
    const sent: Promise<Outcome<Response>>[] = [];
    for (const broker of this.#quickestFirst(brokers)) {
      sent.push(sendTo(broker));
      const answer = await firstAnswer(sent, this.#waitMs(broker));
      if (answer !== undefined) return answer;
    }
    const answer = await firstAnswer(sent);
    return answer ?? { ...failure(tried.join('; '), true), ...(unsupported ? { unsupported } : {}) };
  }

  async pause(): Promise<void> {
    await delay(Math.max(0, Math.min(PAUSE_MS, this.#remainingMs(this.#share))));
  }

  #quickestFirst(brokers: readonly Broker[]): readonly Broker[] {
    const isOpen = (broker: Broker) => Number(this.#options.connections.isOpen(broker));
    const slowestMs = (broker: Broker) => this.#slowestMs.get(brokerName(broker)) ?? 0;
    return brokers.toSorted((a, b) => isOpen(b) - isOpen(a) || slowestMs(a) - slowestMs(b));
  }

  /**
   * How long to wait for a broker alone. Undefined: until it answers or fails, since the others
   * would repeat its work.
   */
  #waitMs(broker: Broker): number | undefined {
    return this.#slowestMs.has(brokerName(broker)) ? undefined : this.#options.timeoutMs * WAIT_SHARE;
  }

  /**
   * Somebody may have changed the credentials: they are loaded again, once in a reading for all
   * brokers.
   */
  #mayRenew(outcome: Tried<unknown>): boolean {
    if (outcome.ok || outcome.refusal === undefined || !outcome.refusal.byBroker) return false;
    if (this.#renewed) return true;
    this.#renewed = true;
    return this.#options.connections.forgetLogin();
  }

  async #try<Args extends unknown[], Response>(
    broker: Broker,
    request: KafkaRequest<Args, Response>,
    args: Args,
  ): Promise<Tried<Response>> {
    const share = this.#share;
    const wasUp = this.#options.connections.isOpen(broker);
    let opened: OpenConnection | undefined;
    try {
      opened = await this.#within(share, () => this.#options.connections.open(broker));
      const { connection, versions } = opened;
      const api = pickVersion(request, versions);
      if (api === undefined) return { ...failure(whyUnsupported(request, versions), true), unsupported: true };
      this.requests++;
      const sentAt = performance.now();
      const response = await this.#within(share, () => answerOf(api.async(connection, ...args)));
      const name = brokerName(broker);
      this.#slowestMs.set(name, Math.max(this.#slowestMs.get(name) ?? 0, performance.now() - sentAt));
      return success(response);
    } catch (error) {
      if (error instanceof ShareOver) return failure(error.message, true);
      const refusal = refusalOf(error, broker, this.#options.auth);
      if (refusal !== undefined) return { ...failure(refusal.error.message, true), lost: true, refusal };
      const reason = connectionProblem(error, this.#options.auth, opened?.reused === false).text;
      const broke = !isTimeout(error) && (wasUp || opened !== undefined);
      return { ...failure(reason, true), lost: true, broke };
    }
  }

  #remainingMs(share: number): number {
    return this.#startMs + share * this.#options.timeoutMs - performance.now();
  }

  /** Drops results that come after the share of the time. @throws ShareOver */
  #within<T>(share: number, begin: () => Promise<T>): Promise<T> {
    return within(this.#remainingMs(share), begin, new ShareOver(share < 1));
  }
}

/** The time for a request is over. Its broker may have done nothing wrong. */
class ShareOver extends Error {
  constructor(isPart: boolean) {
    super(
      isPart
        ? 'it had not answered when the rest of the reading needed the time that was left'
        : 'the time for this reading was over',
    );
  }
}

/** The response, with the errors in it. */
async function answerOf<Response>(work: Promise<Response>): Promise<Response> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ResponseError && error.response !== undefined) return error.response as Response;
    throw error;
  }
}

function whyUnsupported<Args extends unknown[], Response>(
  request: KafkaRequest<Args, Response>,
  versions: BrokerVersions,
): string {
  const ours = request.versions.map((api: API<Args, Response>) => api.version);
  const range = versions.get(request.versions[0]?.key ?? -1);
  const theirs = range === undefined ? 'does not know it' : `speaks ${range.minVersion} to ${range.maxVersion}`;
  return `${request.name} needs Kafka ${request.since}: we speak versions ${Math.min(...ours)} to ${Math.max(...ours)}, and the broker ${theirs}`;
}
