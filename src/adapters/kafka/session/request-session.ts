/** The requests of one reading: counted, within one deadline, and a broker that failed is not asked again. */
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
import type { AuthKind } from '#core/msk/logins.ts';
import { firstAnswer } from './first-answer.ts';

/** Between an answer that may pass and the second time of asking: a leader is elected within about that time. */
const PAUSE_MS = 250;

export interface SessionOptions {
  readonly connections: Connections;
  readonly auth: AuthKind;
  readonly timeoutMs: number;
}

/** One reading's requests. */
export interface RequestSession {
  /** Requests sent, connection set-up left out. */
  readonly requests: number;
  /**
   * Asks one broker. A response that carries errors is a success: its errors are those of its items.
   *
   * @throws KafkaAuthError when the login is refused before any broker has answered
   */
  ask<Args extends unknown[], Response>(
    broker: Broker,
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>>;
  /**
   * Asks the brokers in turn, until one answers: those first that have an open connection, and of these the quickest. A
   * broker that was not heard of in this reading is not waited for alone. The reason names each of them; `unspoken` when
   * that is why any of them did not answer.
   *
   * @throws KafkaAuthError
   */
  askAny<Args extends unknown[], Response>(
    brokers: readonly Broker[],
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>>;
  /** Waits a moment before asking again. */
  pause(): Promise<void>;
  /** Requests from now on may take until this share of the reading's time has passed: the rest is kept for those after them. */
  limit(share: number): void;
}

/** Begins a reading: its time runs from here. */
export const beginSession = (options: SessionOptions): RequestSession => new BrokerSession(options);

interface Tries {
  /** The broker could not be asked at all. */
  readonly lost?: boolean;
  /** Because of the login. */
  readonly refusal?: Refusal;
  /** Its connection was up, and broke: that says nothing about the broker, which may have closed one that idled. */
  readonly broke?: boolean;
}
type Tried<Response> = Outcome<Response> & Tries;

/** Until it is heard of, a broker is waited for alone during this part of the reading's time. */
const PATIENCE = 1 / 6;

class BrokerSession implements RequestSession {
  requests = 0;
  readonly #options: SessionOptions;
  readonly #startMs = performance.now();
  #share = 1;
  /** Why a broker is not asked again, by its name. */
  readonly #down = new Map<string, string>();
  /** Brokers whose connection was made again in this reading. */
  readonly #rebuilt = new Set<string>();
  /** Longest time for an answer, by the broker's name. Those that are in here were heard of: our login is good. */
  readonly #slowestMs = new Map<string, number>();
  /** Credentials were loaded anew in this reading, or there is nothing to load. */
  #renewed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  limit(share: number): void {
    this.#share = share;
  }

  async ask<Args extends unknown[], Response>(
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
    // Its connection broke because another request had waited too long for it.
    if (!outcome.ok && outcome.broke && since !== undefined) return failure(since, true);
    if (mayRebuild && !outcome.ok && outcome.broke) {
      this.#rebuilt.add(name);
      outcome = await this.#try(broker, request, args);
    }
    if (this.#mayRenew(outcome)) outcome = await this.#try(broker, request, args);
    if (!outcome.ok && outcome.lost && !this.#down.has(name)) this.#down.set(name, outcome.reason);
    // MSK refuses logins when it is short of connections, too: where one broker takes ours, another's no is its own.
    if (!outcome.ok && outcome.refusal !== undefined && this.#slowestMs.size === 0) throw outcome.refusal.error;
    return outcome;
  }

  async askAny<Args extends unknown[], Response>(
    brokers: readonly Broker[],
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>> {
    const tried: string[] = [];
    let unspoken = false;
    const askOne = async (broker: Broker) => {
      const startedAt = performance.now();
      const outcome = await this.ask(broker, request, ...args);
      if (outcome.ok) return outcome;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      unspoken ||= outcome.unspoken === true;
      tried.push(`${brokerName(broker)}: ${outcome.reason} (after ${seconds} s)`);
      return outcome;
    };
    const asked: Promise<Outcome<Response>>[] = [];
    for (const broker of this.#quickestFirst(brokers)) {
      asked.push(askOne(broker));
      const told = await firstAnswer(asked, this.#patienceMs(broker));
      if (told !== undefined) return told;
    }
    const told = await firstAnswer(asked);
    return told ?? { ...failure(tried.join('; '), true), ...(unspoken ? { unspoken } : {}) };
  }

  async pause(): Promise<void> {
    await delay(Math.max(0, Math.min(PAUSE_MS, this.#remainingMs(this.#share))));
  }

  #quickestFirst(brokers: readonly Broker[]): readonly Broker[] {
    const isOpen = (broker: Broker) => Number(this.#options.connections.isOpen(broker));
    const slowestMs = (broker: Broker) => this.#slowestMs.get(brokerName(broker)) ?? 0;
    return brokers.toSorted((a, b) => isOpen(b) - isOpen(a) || slowestMs(a) - slowestMs(b));
  }

  /** Undefined: until it answers or fails, since others would be asked to do the same work. */
  #patienceMs(broker: Broker): number | undefined {
    return this.#slowestMs.has(brokerName(broker)) ? undefined : this.#options.timeoutMs * PATIENCE;
  }

  /** A password or a certificate that was changed is found by looking once more: once in a reading, for all brokers. */
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
      if (api === undefined) return { ...failure(unsupported(request, versions), true), unspoken: true };
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

  /** Rejects when the share of the time is over; what comes later is dropped. @throws ShareOver */
  async #within<T>(share: number, begin: () => Promise<T>): Promise<T> {
    const over = new ShareOver(share < 1);
    const leftMs = this.#remainingMs(share);
    if (leftMs < 1) throw over; // timers have a resolution of a millisecond, and may be early by less
    const work = begin();
    work.catch(() => {}); // it may fail after the time, when nobody waits for it any more
    const stop = new AbortController();
    const late = delay(leftMs, undefined, { signal: stop.signal }).then(() => {
      throw over;
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      late.catch(() => {});
      stop.abort();
    }
  }
}

/** The time for a request is over, which may be no fault of its broker. */
class ShareOver extends Error {
  constructor(isPart: boolean) {
    super(
      isPart
        ? 'it had not answered when what is left of the time for this reading was needed for the rest'
        : 'the time for this reading was over',
    );
  }
}

/** What was answered, with the errors that are in it. */
async function answerOf<Response>(work: Promise<Response>): Promise<Response> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ResponseError && error.response !== undefined) return error.response as Response;
    throw error;
  }
}

function unsupported<Args extends unknown[], Response>(
  request: KafkaRequest<Args, Response>,
  versions: BrokerVersions,
): string {
  const ours = request.versions.map((api: API<Args, Response>) => api.version);
  const range = versions.get(request.versions[0]?.key ?? -1);
  const theirs = range === undefined ? 'does not know it' : `speaks ${range.minVersion} to ${range.maxVersion}`;
  return `${request.name} needs Kafka ${request.since}: it is asked in a version from ${Math.min(...ours)} to ${Math.max(...ours)}, and the broker ${theirs}`;
}
