import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';
import { openApiDocument } from '../../../services/admin-api/src/domain/openapi.ts';
import { config as adminApi } from '../../../services/admin-api/src/config.ts';
import { config as apnsPush } from '../../../services/apns-push/src/config.ts';
import { config as commandQueue } from '../../../services/command-queue/src/config.ts';
import { config as ddm } from '../../../services/ddm/src/config.ts';
import { config as deviceGateway } from '../../../services/device-gateway/src/config.ts';
import { config as statusIngestion } from '../../../services/status-ingestion/src/config.ts';
import { config as updateScheduler } from '../../../services/update-scheduler/src/config.ts';

export interface Setting {
  name: string;
  /** As text; undefined where there is none. */
  default: string | undefined;
  required: boolean;
  description: string;
}

function settingsOf(schema: z.ZodObject): Setting[] {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const properties = described.properties as Record<string, { default?: unknown; description?: string }>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    default: property.default === undefined ? undefined : String(property.default),
    required: described.required?.includes(name) ?? false,
    description: property.description ?? '',
  }));
}

const services = {
  'device-gateway': deviceGateway,
  'command-queue': commandQueue,
  'apns-push': apnsPush,
  'update-scheduler': updateScheduler,
  'status-ingestion': statusIngestion,
  ddm,
  'admin-api': adminApi,
};

const base = settingsOf(baseConfig);
const shared = new Set(base.map((setting) => setting.name));

/** Every setting of every service, and the REST API, as the code itself defines them. */
export const description = {
  base,
  services: Object.fromEntries(
    Object.entries(services).map(([name, schema]) => {
      const own = settingsOf(schema as unknown as z.ZodObject).filter((setting) => !shared.has(setting.name));
      return [name, own];
    }),
  ),
  openApi: openApiDocument(),
};
