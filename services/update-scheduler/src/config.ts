import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_CONFIRM_HOURS: z.coerce
    .number()
    .min(0.1)
    .max(168)
    .default(6)
    .describe('How many hours after the stop time an update that a device has taken is followed with questions.'),
  LAMP_STALL_MINUTES: z.coerce
    .number()
    .min(5)
    .max(1_440)
    .default(90)
    .describe(
      'After how many minutes without any progress a device is stalled, and gets its update command once more.',
    ),
  LAMP_WINDOW_TICK_MS: z.coerce
    .number()
    .int()
    .min(50)
    .default(1_000)
    .describe('How often to look for windows that open or close, in real milliseconds.'),
  LAMP_WAVE_TICK_MS: z.coerce
    .number()
    .int()
    .min(50)
    .default(250)
    .describe('How often to look for waves that are due, in real milliseconds.'),
  LAMP_JOIN_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .default(60)
    .describe('How often devices that enrolled or reported since join an open window, in seconds of the clock.'),
  LAMP_FIRST_COMMANDS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(120_000)
    .describe(
      'The most devices of all policies together that are sent their first command (and pushed) per minute of the clock.',
    ),
  LAMP_MAX_BACKLOG: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .describe(
      'No wave is released while so many messages of commands (of up to 1,000 devices each) are not queued yet.',
    ),
  LAMP_PLAN_CHUNK: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(20_000)
    .describe('How many devices one transaction plans.'),
  LAMP_EVENT_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(90)
    .describe('Days for which the history of updates is kept.'),
  LAMP_UPDATE_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe(
      "Days for which rollouts that are over are kept with their devices, and windows that closed. The newest update of each device stays, and so does the rollout of a policy's newest version.",
    ),
  LAMP_VERSION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(400)
    .describe(
      'Days for which former versions of policies, windows and groups are kept, and policies that were removed.',
    ),
  LAMP_FLEET_READS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe(
      'Dry runs, forecasts, tests of groups and pages of their devices, which may read the whole fleet, that one process does at once. More are refused (503, Retry-After).',
    ),
  LAMP_MAX_POLICIES: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe(
      'Most policies of one tenant. Each plan asks of each device whether a policy of greater precedence has it.',
    ),
  LAMP_GROUP_SETS_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .max(86_400)
    .default(60)
    .describe(
      'How often it is looked who is a member of groups that have sets of declarations, in seconds of the clock. Reads the fleet once for each such set.',
    ),
  LAMP_MAX_GROUPS: z.coerce.number().int().min(1).max(10_000).default(1_000).describe('Most groups of one tenant.'),
  LAMP_WATCH: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether devices are looked after that should have come, or whose update stands still.'),
  LAMP_WATCH_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .default(300)
    .describe('How often the watchdog looks at the whole fleet, in seconds of the clock.'),
  LAMP_WATCH_SILENT_MINUTES: z.coerce
    .number()
    .min(1)
    .default(60)
    .describe('A device that was pushed so long ago and has not come since is found silent.'),
  LAMP_WATCH_STUCK_MINUTES: z.coerce
    .number()
    .min(1)
    .default(90)
    .describe(
      'The MDM client of a device without contact for so long, while others that were woken came, is found stuck.',
    ),
  LAMP_WATCH_UPDATE_MINUTES: z.coerce
    .number()
    .min(1)
    .default(180)
    .describe('An update that a device took and that has made no progress for so long is found stuck.'),
  LAMP_WATCH_CERTIFICATE_DAYS: z.coerce
    .number()
    .min(0)
    .default(30)
    .describe('Devices whose identity certificate ends within so many days are told of.'),
  LAMP_WATCH_STEP_MINUTES: z.coerce
    .number()
    .min(1)
    .default(30)
    .describe(
      'How long a step of the watchdog (push, ping, synchronization) has to show an effect before the next one.',
    ),
  LAMP_GDMF_URL: z
    .string()
    .optional()
    .describe(
      "Apple's release feed (https://gdmf.apple.com/v2/pmv), fetched daily: an http(s) URL or a file path. Unset: it is imported by hand.",
    ),
  LAMP_GDMF_CA: z
    .string()
    .optional()
    .describe(
      "PEM file of the authorities that LAMP_GDMF_URL's server is trusted by, alone: Apple's own feed chains to Apple's root.",
    ),
  LAMP_SOFA_MACOS_URL: z
    .string()
    .optional()
    .describe("SOFA's feed of macOS (macos_data_feed.json, version 1 or 2): an http(s) URL or a file path."),
  LAMP_SOFA_IOS_URL: z
    .string()
    .optional()
    .describe("SOFA's feed of iOS and iPadOS (ios_data_feed.json, version 1 or 2): an http(s) URL or a file path."),
  LAMP_SUCATALOG_URL: z
    .string()
    .optional()
    .describe(
      "Apple's software update catalogue for Macs (….merged-1.sucatalog, also .gz): an http(s) URL or a file path.",
    ),
  LAMP_CATALOG_HOURS: z.coerce
    .number()
    .min(1)
    .max(720)
    .default(24)
    .describe(
      'Real hours between two fetches of each of these feeds. Apple is to be asked at most daily; after a failure it is tried again sooner, with growing pauses.',
    ),
});
export type Config = z.infer<typeof config>;
