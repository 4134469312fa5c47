/** moto, an emulator of AWS in Python: https://docs.getmoto.org */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startChild } from '#local/process/child.ts';

/** Python with moto; any other than the `python3` of the path. */
const PYTHON = process.env.MOTO_PYTHON ?? 'python3';
/** Earlier ones cannot read compressed bodies. */
const OLDEST = '5.2.5';

export interface Moto {
  /** Of any client: endpoint, Region, credentials. */
  readonly config: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port, holding nothing.
 *
 * @throws Error saying what to install when it is missing or too old
 */
export async function startMoto(): Promise<Moto> {
  await mustBeInstalled();
  const listening = Promise.withResolvers<string>();
  const child = startChild({
    command: PYTHON,
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'],
    name: 'moto',
    onLine: (line) => {
      const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (endpoint !== undefined) listening.resolve(endpoint);
    },
  });
  void child.exited.then(() => listening.reject(new Error(`moto ended:\n${child.tail().join('\n')}`)));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoint = await listening.promise;
  return { config: { endpoint, region: 'us-east-1', credentials }, stop: () => child.stop(5_000) };
}

async function mustBeInstalled(): Promise<void> {
  const version = await promisify(execFile)(PYTHON, ['-c', 'import moto; print(moto.__version__)']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  if (version !== undefined && version.localeCompare(OLDEST, 'en', { numeric: true }) >= 0) return;
  throw new Error(
    `${PYTHON} has ${version === undefined ? 'no moto' : `moto ${version}`}, and moto ${OLDEST} or later is needed; ` +
      `python3 -m venv moto && moto/bin/pip install 'moto[server]==${OLDEST}', then set MOTO_PYTHON=moto/bin/python`,
  );
}
