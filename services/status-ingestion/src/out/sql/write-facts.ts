import type { Statement } from '@lamplighter/runtime';

/** Answers and reports overtake one another: what is older than the row tells only what nobody has told since. */
const IS_NEWER = '(d.facts_at IS NULL OR d.facts_at <= f.at)';
/** The OS version, and what goes with it: a device that left a Background Security Improvement behind no longer names one. */
const TELLS_OS = `(f."osVersion" IS NOT NULL AND (${IS_NEWER} OR d.os_version IS NULL))`;

const told = (column: string, said: string) =>
  `${column} = CASE WHEN ${IS_NEWER} THEN coalesce(f."${said}", d.${column}) ELSE coalesce(d.${column}, f."${said}") END`;
const withOs = (column: string, said: string) =>
  `${column} = CASE WHEN ${TELLS_OS} THEN f."${said}" ELSE d.${column} END`;

/**
 * $1 jsonb array of facts, one a device; $2 now.
 * Plan: function scan → nested loop over the primary key.
 */
export const writeFacts: Statement = {
  name: 'write-facts',
  text: `
UPDATE status_ingestion.device d SET
  platform = CASE WHEN f.platform = 'unknown' OR (NOT ${IS_NEWER} AND d.platform <> 'unknown') THEN d.platform ELSE f.platform END,
  ${told('product_name', 'productName')},
  ${told('model', 'model')},
  ${told('model_name', 'modelName')},
  ${told('device_name', 'deviceName')},
  ${told('serial_number', 'serialNumber')},
  ${withOs('os_version', 'osVersion')},
  ${withOs('os_version_key', 'osVersionKey')},
  ${told('build_version', 'buildVersion')},
  ${withOs('supplemental_build', 'supplementalBuild')},
  ${withOs('supplemental_extra', 'supplementalExtra')},
  ${told('is_supervised', 'isSupervised')},
  ${told('is_apple_silicon', 'isAppleSilicon')},
  ${told('software_update_device_id', 'softwareUpdateDeviceId')},
  ${told('time_zone', 'timeZone')},
  ${told('battery_level', 'batteryLevel')},
  facts_at = greatest(d.facts_at, f.at),
  updated_at = $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS f(
       tenant text, "deviceId" text, at timestamptz, platform text, "productName" text, model text, "modelName" text,
       "deviceName" text, "serialNumber" text, "osVersion" text, "osVersionKey" bigint, "buildVersion" text,
       "supplementalBuild" text, "supplementalExtra" text, "isSupervised" boolean, "isAppleSilicon" boolean,
       "softwareUpdateDeviceId" text, "timeZone" text, "batteryLevel" real)
 WHERE d.tenant = f.tenant AND d.device_id = f."deviceId"
   AND (d.enrolled_at IS NULL OR d.enrolled_at <= f.at)`,
};
