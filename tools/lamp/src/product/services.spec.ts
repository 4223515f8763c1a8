import { schemaNames, serviceEnv, type ServiceSettings } from './services.ts';
import { operatorSettings } from './settings.ts';

const settings: ServiceSettings = {
  urls: { nats: 'nats://n', redis: 'redis://r', database: 'postgresql://lamp:owner@127.0.0.1:5/lamp' },
  rolePasswords: { command_queue: 'p/w' },
  secretKey: 'key',
  otlpEndpoint: 'http://127.0.0.1:4318',
  tokenHash: 'hash',
  gateway: { port: 8443, cert: 'c.pem', key: 'k.pem', deviceCa: 'ca.pem' },
  env: { LAMP_CLOCK: 'real' },
  serviceEnv: { 'apns-push': { LAMP_APNS_URL: 'https://localhost:1' } },
};

describe('the settings of a service', () => {
  it('hold the URL of its own database role, not the owner', () => {
    const { LAMP_DATABASE_URL: url } = serviceEnv('command-queue', 1, settings);
    expect(url).toBe('postgresql://lamp_command_queue:p%2Fw@127.0.0.1:5/lamp');
  });

  it('hold no database for the gateway, which is stateless', () => {
    expect(serviceEnv('device-gateway', 1, settings)).not.toHaveProperty('LAMP_DATABASE_URL');
    expect(schemaNames).not.toContain('device_gateway');
  });

  it('give TLS files to the gateway and the token to the admin API only', () => {
    expect(serviceEnv('device-gateway', 1, settings)).toMatchObject({
      LAMP_GATEWAY_TLS_KEY: 'k.pem',
      LAMP_DEVICE_CA: 'ca.pem',
    });
    expect(serviceEnv('admin-api', 1, settings)).toMatchObject({ LAMP_ADMIN_TOKEN_SHA256: 'hash' });
    expect(serviceEnv('ddm', 1, settings)).not.toHaveProperty('LAMP_ADMIN_TOKEN_SHA256');
  });

  it('take what was set for all of them, and for one', () => {
    expect(serviceEnv('apns-push', 1, settings)).toMatchObject({
      LAMP_CLOCK: 'real',
      LAMP_APNS_URL: 'https://localhost:1',
    });
    expect(serviceEnv('ddm', 1, settings)).not.toHaveProperty('LAMP_APNS_URL');
  });

  it('take LAMP_ settings of the environment that are for services', () => {
    const env = { LAMP_LOG_LEVEL: 'debug', LAMP_DATABASE_URL: 'x', LAMP_DIR: 'x', PATH: 'x' };
    expect(operatorSettings(env)).toEqual({ LAMP_LOG_LEVEL: 'debug' });
  });
});
