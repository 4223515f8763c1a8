import {
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryPage,
  Webhooks,
  type WebhookSpecInput,
} from '@lamplighter/contracts';
import { z } from 'zod';

import type { ApiClient } from './client.ts';

const Retried = z.object({ retried: z.int() });
const at = (name: string): string => `/v1/webhooks/${encodeURIComponent(name)}`;

export const listWebhooks = async (api: ApiClient): Promise<Webhook[]> =>
  (await api.call({ path: '/v1/webhooks', answer: Webhooks })).items;

export const showWebhook = (api: ApiClient, name: string): Promise<Webhook> =>
  api.call({ path: at(name), answer: Webhook });

export const putWebhook = (api: ApiClient, name: string, body: WebhookSpecInput): Promise<Webhook> =>
  api.call({ method: 'PUT', path: at(name), body, answer: Webhook });

export const removeWebhook = (api: ApiClient, name: string): Promise<Webhook> =>
  api.call({ method: 'DELETE', path: at(name), answer: Webhook });

export const listDeliveries = (api: ApiClient, name: string, state?: string): AsyncGenerator<WebhookDelivery> =>
  api.items(`${at(name)}/deliveries`, { state }, WebhookDeliveryPage);

export const showDelivery = (api: ApiClient, name: string, eventId: string): Promise<WebhookDeliveryDetail> =>
  api.call({ path: `${at(name)}/deliveries/${encodeURIComponent(eventId)}`, answer: WebhookDeliveryDetail });

/** One event, or all that was given up. Returns how many. */
export const retryDeliveries = async (api: ApiClient, name: string, eventId?: string): Promise<number> => {
  const path = eventId === undefined ? at(name) : `${at(name)}/deliveries/${encodeURIComponent(eventId)}`;
  return (await api.call({ method: 'POST', path: `${path}/retry`, answer: Retried })).retried;
};

export const discardDelivery = (api: ApiClient, name: string, eventId: string): Promise<WebhookDelivery> =>
  api.call({
    method: 'DELETE',
    path: `${at(name)}/deliveries/${encodeURIComponent(eventId)}`,
    answer: WebhookDelivery,
  });
