import { Log } from '@lamplighter/runtime';

class RecordingLog extends Log {
  /** What was written, newest last. */
  readonly lines: { level: string; keys: object; text: string }[] = [];

  private write(level: string, keys: object, text: string): void {
    this.lines.push({ level, keys, text });
  }

  override trace(keys: object, text: string): void {
    this.write('trace', keys, text);
  }
  override debug(keys: object, text: string): void {
    this.write('debug', keys, text);
  }
  override info(keys: object, text: string): void {
    this.write('info', keys, text);
  }
  override warn(keys: object, text: string): void {
    this.write('warn', keys, text);
  }
  override error(keys: object, text: string): void {
    this.write('error', keys, text);
  }
}

/** A log that a test can read. */
export function recordingLog(): RecordingLog {
  return new RecordingLog();
}

/** For tests that do not look at the log. */
export const silentLog: Log = new RecordingLog();
