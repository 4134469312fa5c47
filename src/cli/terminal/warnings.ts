/** Warnings of Node that do not help the user of a command. */

/**
 * Suppresses the warning on negative timeouts, which kafkajs sets with every answer. Node prints
 * the others.
 */
export function muteNegativeTimeouts(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const print of printers) print.call(process, warning);
  });
}
