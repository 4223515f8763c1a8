import type { Statement } from '@lamplighter/runtime';

/** $1 jsonb array of rows, one a device; $2 now. Plan: function scan → nested loop over the primary key. */
export const writeDdm: Statement = {
  name: 'write-ddm',
  text: `
UPDATE status_ingestion.device_ddm s SET
  state = r.state,
  reported_at = r."reportedAt",
  full_report_at = r."fullReportAt",
  supports_enforcement = r."supportsEnforcement",
  declaration_types = r."declarationTypes",
  status_items = r."statusItems",
  install_state = r."installState",
  pending_version = r."pendingVersion",
  pending_build = r."pendingBuild",
  target_local_date_time = r."targetLocalDateTime",
  failure_count = r."failureCount",
  failure_reason = r."failureReason",
  failure_at = r."failureAt",
  install_reasons = r."installReasons",
  declaration_id = r."declarationId",
  beta_enrollment = r."betaEnrollment",
  declarations = r.declarations,
  updated_at = $2::timestamptz
  FROM jsonb_to_recordset($1::jsonb) AS r(
       tenant text, "deviceId" text, state jsonb, "reportedAt" timestamptz, "fullReportAt" timestamptz,
       "supportsEnforcement" boolean, "declarationTypes" text[], "statusItems" text[], "installState" text,
       "pendingVersion" text, "pendingBuild" text, "targetLocalDateTime" text, "failureCount" bigint, "failureReason" text,
       "failureAt" timestamptz, "installReasons" text[], "declarationId" text, "betaEnrollment" text, declarations jsonb)
 WHERE s.tenant = r.tenant AND s.device_id = r."deviceId"`,
};
