import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_GATEWAY_HOST: z.string().default('0.0.0.0').describe('Address that devices reach.'),
  LAMP_GATEWAY_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8443)
    .describe('TLS port that devices reach; 0 picks a free one.'),
  LAMP_GATEWAY_TLS_CERT: z
    .string()
    .min(1)
    .describe('PEM file with the server certificate that devices trust, followed by its intermediates.'),
  LAMP_GATEWAY_TLS_KEY: z.string().min(1).describe('PEM file with the private key of LAMP_GATEWAY_TLS_CERT.'),
  LAMP_DEVICE_CA: z
    .string()
    .min(1)
    .describe('PEM file with the certificate authorities that issue device identities: the trust anchors of devices.'),
  LAMP_GATEWAY_ALLOW_SHA1: z
    .stringbool()
    .default(false)
    .describe('Accept signatures over SHA-1 digests, for devices whose OS knows no better.'),
  LAMP_GATEWAY_BODY_LIMIT: z.coerce
    .number()
    .int()
    .min(65_536)
    .max(268_435_456)
    .default(16_777_216)
    .describe('Largest request body that a device may send, in bytes. A larger one gets 413.'),
  LAMP_GATEWAY_HEADER_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(600)
    .default(15)
    .describe('Longest time for a TLS handshake, and for the headers of a request, to arrive.'),
  LAMP_GATEWAY_REQUEST_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(120)
    .describe('Longest time for a whole request, body included, to arrive.'),
  LAMP_GATEWAY_KEEP_ALIVE_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(60)
    .describe('How long an idle connection stays open for the next request of its device.'),
  LAMP_GATEWAY_MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20_000)
    .describe('Most connections at once; further ones are dropped before TLS.'),
  LAMP_GATEWAY_MAX_WAITING: z.coerce
    .number()
    .int()
    .min(1)
    .default(10_000)
    .describe('Most devices that wait for the command queue at once; further ones get 503 at once.'),
  LAMP_GATEWAY_REPLY_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(60)
    .default(5)
    .describe('How long the command queue may take to answer before the device gets 503.'),
  LAMP_GATEWAY_RETRY_AFTER_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(60)
    .describe('Retry-After of a 503. The device keeps its answer and repeats it.'),
});
export type Config = z.infer<typeof config>;
