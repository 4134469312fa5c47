/** Warnings of Node that say nothing to the user of a command. */

/** Keeps back the warning on negative timeouts, which kafkajs sets with every answer; Node prints all others as before. */
export function muteNegativeTimeouts(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const print of printers) print.call(process, warning);
  });
}
