import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** One JSON object a line. Keys: service, deviceId, commandId, rolloutId, traceId, err, count, ms; never a secret or a payload. */
export abstract class Log {
  abstract trace(keys: object, text: string): void;
  abstract debug(keys: object, text: string): void;
  abstract info(keys: object, text: string): void;
  abstract warn(keys: object, text: string): void;
  abstract error(keys: object, text: string): void;
}

const SECRET_KEYS = ['token', 'pushMagic', 'unlockToken', 'bootstrapToken', 'pem', 'password', 'authorization'];

export function createLog(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  });
}

/** What tells a person why; drivers hang whole connections on their errors, which are no business of a log. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code, cause } = error as Error & { code?: unknown };
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}

/** Nest's own lines, in the same shape. */
export function nestLogger(log: Logger): LoggerService {
  const context = (rest: unknown[]) => ({ context: rest.at(-1) });
  return {
    log: (text, ...rest) => log.debug(context(rest), String(text)),
    error: (text, ...rest) =>
      log.error({ ...context(rest), stack: rest.length > 1 ? rest[0] : undefined }, String(text)),
    warn: (text, ...rest) => log.warn(context(rest), String(text)),
    debug: (text, ...rest) => log.debug(context(rest), String(text)),
    verbose: (text, ...rest) => log.trace(context(rest), String(text)),
  };
}
