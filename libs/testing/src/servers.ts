import { randomBytes } from 'node:crypto';

/** URL of a server that `./lamp test` started. Throws, saying what to run, when there is none. */
export function serverUrl(name: 'LAMP_NATS_URL' | 'LAMP_REDIS_URL' | 'LAMP_DATABASE_URL'): string {
  const url = process.env[name];
  if (url === undefined || url === '') {
    throw new Error(
      `${name} is not set: run this with \`./lamp test <pattern>\`, which starts real servers and sets it`,
    );
  }
  return url;
}

/** A prefix of its own keeps a test's streams and subjects apart from other tests on the same broker. */
export function testNats(): { url: string; prefix: string } {
  return { url: serverUrl('LAMP_NATS_URL'), prefix: `t${randomBytes(5).toString('hex')}` };
}

export function testRedis(): { url: string } {
  return { url: serverUrl('LAMP_REDIS_URL') };
}

/** Settings of a service under test, all but its database: these servers, a port that is free here, and a log of nothing. */
export function testSettings(nats: { url: string; prefix: string }): Record<string, string> {
  return {
    LAMP_HTTP_HOST: '127.0.0.1',
    LAMP_HTTP_PORT: '0',
    LAMP_LOG_LEVEL: 'fatal',
    LAMP_NATS_URL: nats.url,
    LAMP_NATS_PREFIX: nats.prefix,
    LAMP_NATS_MAX_BYTES: '67108864',
    LAMP_REDIS_URL: testRedis().url,
  };
}
