/** The log: one JSON line for each request and event, on standard output. */
import { type Logger, pino } from 'pino';

/** Lines wait for so many bytes or so long: a write to the file for each would take an eighth of the processor time of a read. */
const BYTES = 16_000;
const MILLISECONDS = 200;

/** The log of a process. What waits is written at its end; only SIGKILL can lose it. */
export function openLog(level: string): Logger {
  const destination = pino.destination({ dest: 1, sync: true, minLength: BYTES });
  setInterval(() => destination.flushSync(), MILLISECONDS).unref();
  process.on('exit', () => destination.flushSync());
  return pino({ level }, destination);
}
