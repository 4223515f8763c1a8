import { describe, expect, it } from '@jest/globals';

import { readSettings, unread } from './settings.ts';
import { checkValuesSchema, withSettings } from './values-schema.ts';

interface Config {
  additionalProperties: boolean;
  properties: object;
}

describe('the chart’s schema of settings', () => {
  const settings = { base: ['LAMP_LOG_LEVEL', 'LAMP_DATABASE_URL'], services: { ddm: ['LAMP_OWN'] }, sealing: [] };
  const stale = JSON.stringify({ definitions: { 'config-gone': {}, service: { type: 'object' } } });
  const { definitions } = JSON.parse(withSettings(stale, settings)) as { definitions: Record<string, Config> };

  it('takes a service’s own settings and those of all, and no others', () => {
    expect(Object.keys(definitions['config-ddm']?.properties ?? {})).toEqual(['LAMP_LOG_LEVEL', 'LAMP_OWN']);
    expect(definitions['config-ddm']?.additionalProperties).toBe(false);
  });

  it('leaves out what the chart sets itself', () => {
    expect(definitions['config']?.properties).not.toHaveProperty('LAMP_DATABASE_URL');
  });

  it('forgets a service that is gone, and keeps what was written by hand', () => {
    expect(Object.keys(definitions).toSorted()).toEqual(['config', 'config-ddm', 'service']);
  });

  it('is what the services read', () => {
    expect(checkValuesSchema(readSettings(), false)).toEqual([]);
  });

  it('knows what no schema reads: OpenTelemetry’s variables and Node’s', () => {
    const names = ['LAMP_OWN', 'OTEL_SERVICE_NAME', 'NODE_EXTRA_CA_CERTS', 'LAMP_SERVICE', 'LAMP_OTHER', 'PATH'];
    expect(unread(settings, 'ddm', names)).toEqual(['LAMP_OTHER', 'PATH']);
  });
});
