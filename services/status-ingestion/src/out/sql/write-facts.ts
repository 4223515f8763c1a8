import type { Statement } from '@lamplighter/runtime';

/**
 * $1 jsonb array of facts, one a device; $2 now. The supplemental version goes with the OS version: a device that left a
 * Background Security Improvement behind no longer names one.
 * Plan: function scan → nested loop over the primary key.
 */
export const writeFacts: Statement = {
  name: 'write-facts',
  text: `
UPDATE status_ingestion.device d SET
  platform = CASE f.platform WHEN 'unknown' THEN d.platform ELSE f.platform END,
  product_name = coalesce(f."productName", d.product_name),
  model = coalesce(f.model, d.model),
  model_name = coalesce(f."modelName", d.model_name),
  device_name = coalesce(f."deviceName", d.device_name),
  serial_number = coalesce(f."serialNumber", d.serial_number),
  os_version = coalesce(f."osVersion", d.os_version),
  os_version_key = CASE WHEN f."osVersion" IS NULL THEN d.os_version_key ELSE f."osVersionKey" END,
  build_version = coalesce(f."buildVersion", d.build_version),
  supplemental_build = CASE WHEN f."osVersion" IS NULL THEN d.supplemental_build ELSE f."supplementalBuild" END,
  supplemental_extra = CASE WHEN f."osVersion" IS NULL THEN d.supplemental_extra ELSE f."supplementalExtra" END,
  is_supervised = coalesce(f."isSupervised", d.is_supervised),
  is_apple_silicon = coalesce(f."isAppleSilicon", d.is_apple_silicon),
  software_update_device_id = coalesce(f."softwareUpdateDeviceId", d.software_update_device_id),
  time_zone = coalesce(f."timeZone", d.time_zone),
  battery_level = coalesce(f."batteryLevel", d.battery_level),
  facts_at = f.at,
  updated_at = $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS f(
       tenant text, "deviceId" text, at timestamptz, platform text, "productName" text, model text, "modelName" text,
       "deviceName" text, "serialNumber" text, "osVersion" text, "osVersionKey" bigint, "buildVersion" text,
       "supplementalBuild" text, "supplementalExtra" text, "isSupervised" boolean, "isAppleSilicon" boolean,
       "softwareUpdateDeviceId" text, "timeZone" text, "batteryLevel" real)
 WHERE d.tenant = f.tenant AND d.device_id = f."deviceId"
   AND (d.facts_at IS NULL OR d.facts_at <= f.at)
   AND (d.enrolled_at IS NULL OR d.enrolled_at <= f.at)`,
};
