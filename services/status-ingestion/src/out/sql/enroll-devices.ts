import type { Statement } from '@lamplighter/runtime';

/**
 * $1 jsonb array of enrollments, one a device, sorted; $2 now. Returns the devices whose generation is new.
 * Plan: function scan → insert with primary-key conflict check; one index probe a device.
 * Facts of a DeviceInformation that came after this enrollment are newer than what Authenticate said, and stay.
 */
export const enrollDevices: Statement = {
  name: 'enroll-devices',
  text: `
INSERT INTO status_ingestion.device AS d
  (tenant, device_id, enrolled, generation, enrolled_at, platform, product_name, model, model_name, device_name,
   serial_number, os_version, os_version_key, build_version, updated_at)
SELECT e.tenant, e."deviceId", true, e.generation, e.at, e.platform, e."productName", e.model, e."modelName", e."deviceName",
       e."serialNumber", e."osVersion", e."osVersionKey", e."buildVersion", $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS e(
       tenant text, "deviceId" text, generation int, at timestamptz, platform text, "productName" text, model text,
       "modelName" text, "deviceName" text, "serialNumber" text, "osVersion" text, "osVersionKey" bigint, "buildVersion" text)
ON CONFLICT (tenant, device_id) DO UPDATE SET
  enrolled = d.left_at IS NULL OR d.left_at <= EXCLUDED.enrolled_at,
  generation = EXCLUDED.generation,
  enrolled_at = EXCLUDED.enrolled_at,
  platform = CASE EXCLUDED.platform WHEN 'unknown' THEN d.platform ELSE EXCLUDED.platform END,
  product_name = coalesce(EXCLUDED.product_name, d.product_name),
  model = coalesce(EXCLUDED.model, d.model),
  model_name = coalesce(EXCLUDED.model_name, d.model_name),
  device_name = coalesce(EXCLUDED.device_name, d.device_name),
  serial_number = coalesce(EXCLUDED.serial_number, d.serial_number),
  os_version = CASE WHEN d.facts_at >= EXCLUDED.enrolled_at THEN d.os_version ELSE coalesce(EXCLUDED.os_version, d.os_version) END,
  os_version_key = CASE WHEN d.facts_at >= EXCLUDED.enrolled_at THEN d.os_version_key
                        WHEN EXCLUDED.os_version IS NULL THEN d.os_version_key ELSE EXCLUDED.os_version_key END,
  build_version = CASE WHEN d.facts_at >= EXCLUDED.enrolled_at THEN d.build_version ELSE coalesce(EXCLUDED.build_version, d.build_version) END,
  updated_at = EXCLUDED.updated_at
WHERE d.generation < EXCLUDED.generation
RETURNING tenant, device_id AS "deviceId"`,
};
