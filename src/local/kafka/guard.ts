/** Ends what a parent left behind that was killed with SIGKILL and could not clean up itself. */
import { spawn } from 'node:child_process';

/**
 * Watches over processes and their folder until `release` is called.
 *
 * A shell waits for the end of its standard input, which comes when this process is gone, however
 * it went. It has its own session, so that Ctrl-C in a terminal does not end it first.
 */
export function guardAgainstCrash(pids: readonly number[], folder: string): { release(): void } {
  const script = 'folder=$1; shift; read -r _; kill -9 "$@" 2>/dev/null; rm -rf "$folder"';
  const guard = spawn('sh', ['-c', script, 'guard', folder, ...pids.map(String)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {}); // without a shell there is no guard; every other way out still cleans up
  guard.stdin.on('error', () => {});
  guard.unref();
  return { release: () => void guard.kill('SIGKILL') };
}
