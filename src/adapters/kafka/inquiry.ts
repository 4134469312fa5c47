/** The requests of one reading: counted, within one deadline, and a broker that fails is not asked twice. */
import { setTimeout as delay } from 'node:timers/promises';
import { type API, type Broker, ResponseError } from '@platformatic/kafka';
import type { AuthKind } from '../../core/credentials.ts';
import { type BrokerVersions, type Connections, type OpenConnection, pickVersion } from './connections.ts';
import { explainFailure, failure, type Outcome, success } from './failures.ts';
import { brokerName } from './names.ts';
import { type Refusal, refusalOf } from './refusals.ts';
import type { KafkaRequest } from './requests.ts';

/** Between an answer that may pass and the second time of asking: a leader is elected within about that time. */
const PAUSE_MS = 250;

export interface InquiryOptions {
  readonly connections: Connections;
  readonly auth: AuthKind;
  readonly timeoutMs: number;
}

export { brokerName, brokerNames } from './names.ts';

/** One reading's requests. */
export interface Inquiry {
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
   * Asks the brokers in turn, those with an open connection first, until one answers. The reason names each of them;
   * `unspoken` when that is why any of them did not answer.
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
}

/** Begins a reading: its time runs from here. */
export const beginInquiry = (options: InquiryOptions): Inquiry => new BrokerInquiry(options);

/** `lost`: the broker could not be asked at all. `refusal`: because of the login. */
type Tried<Response> = Outcome<Response> & { readonly lost?: boolean; readonly refusal?: Refusal };

class BrokerInquiry implements Inquiry {
  requests = 0;
  readonly #options: InquiryOptions;
  readonly #deadline: number;
  /** Why a broker is not asked again, by its name. */
  readonly #down = new Map<string, string>();
  /** Some broker has answered: our login is good. */
  #answered = false;
  /** Credentials were loaded anew in this reading, or there is nothing to load. */
  #renewed = false;

  constructor(options: InquiryOptions) {
    this.#options = options;
    this.#deadline = performance.now() + options.timeoutMs;
  }

  async ask<Args extends unknown[], Response>(
    broker: Broker,
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>> {
    const name = brokerName(broker);
    const down = this.#down.get(name);
    if (down !== undefined) return failure(down, true);
    const reused = this.#options.connections.isOpen(broker);
    const first = await this.#try(broker, request, args);
    // A connection that idled may have been closed by the broker: that says nothing about the broker.
    const stale = !first.ok && first.lost && reused;
    const outcome = stale || this.#mayRenew(first) ? await this.#try(broker, request, args) : first;
    if (!outcome.ok && outcome.lost) this.#down.set(name, outcome.reason);
    // MSK refuses logins when it is short of connections, too: where one broker takes ours, another's no is its own.
    if (!outcome.ok && outcome.refusal !== undefined && !this.#answered) throw outcome.refusal.error;
    return outcome;
  }

  async askAny<Args extends unknown[], Response>(
    brokers: readonly Broker[],
    request: KafkaRequest<Args, Response>,
    ...args: Args
  ): Promise<Outcome<Response>> {
    const isOpen = (broker: Broker) => Number(this.#options.connections.isOpen(broker));
    const tried: string[] = [];
    let unspoken = false;
    for (const broker of brokers.toSorted((a, b) => isOpen(b) - isOpen(a))) {
      const startedAt = performance.now();
      const outcome = await this.ask(broker, request, ...args);
      if (outcome.ok) return outcome;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      unspoken ||= outcome.unspoken === true;
      tried.push(`${brokerName(broker)}: ${outcome.reason} (after ${seconds} s)`);
    }
    return { ...failure(tried.join('; '), true), ...(unspoken ? { unspoken } : {}) };
  }

  async pause(): Promise<void> {
    await delay(Math.max(0, Math.min(PAUSE_MS, this.#remainingMs())));
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
    let opened: OpenConnection | undefined;
    try {
      opened = await this.#inTime(this.#options.connections.open(broker));
      const { connection, versions } = opened;
      const api = pickVersion(request, versions);
      if (api === undefined) return { ...failure(unsupported(request, versions), true), unspoken: true };
      this.requests++;
      const response = await this.#inTime(api.async(connection, ...args));
      this.#answered = true;
      return success(response);
    } catch (error) {
      if (error instanceof ResponseError && error.response !== undefined) {
        this.#answered = true;
        return success(error.response as Response);
      }
      const refusal = refusalOf(error, broker, this.#options.auth);
      if (refusal === undefined)
        return { ...failure(explainFailure(error, this.#options.auth, opened?.reused === false), true), lost: true };
      return { ...failure(refusal.error.message, true), lost: true, refusal };
    }
  }

  #remainingMs(): number {
    return this.#deadline - performance.now();
  }

  /** Rejects at the deadline; what comes later is dropped. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // it may fail after the deadline, when nobody waits for it any more
    const stop = new AbortController();
    const late = delay(Math.max(0, this.#remainingMs()), undefined, { signal: stop.signal }).then(() => {
      throw new Error('the deadline of the reading has passed');
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      late.catch(() => {});
      stop.abort();
    }
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
