import type { Notification, Notifier } from '#core/ports.ts';

/** Records what was sent, oldest first. */
export class MemoryNotifier implements Notifier {
  readonly #sent: Notification[] = [];

  get sent(): readonly Notification[] {
    return this.#sent;
  }

  async notify(notification: Notification): Promise<void> {
    this.#sent.push(notification);
  }
}
