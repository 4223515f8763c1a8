import type { Statement } from '@lamplighter/runtime';

/** $1 tenant, $2 topic, $3 sealed, $4 not after, $5 now, $6 force. No row: the present one ends later, and stays. */
export const putCertificate: Statement = {
  name: 'put-push-certificate',
  text: `
INSERT INTO apns_push.push_certificate AS c (tenant, topic, sealed_pem, not_after, uploaded_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, topic) DO UPDATE
  SET sealed_pem = EXCLUDED.sealed_pem, not_after = EXCLUDED.not_after, uploaded_at = EXCLUDED.uploaded_at,
      refused_at = NULL, refused_reason = NULL
  WHERE $6 OR c.not_after <= EXCLUDED.not_after
RETURNING not_after AS "notAfter"`,
};

/** $1 tenant, $2 topic */
export const readCertificate: Statement = {
  name: 'read-push-certificate',
  text: `
SELECT sealed_pem AS sealed, not_after AS "notAfter", uploaded_at AS "uploadedAt", refused_reason AS refused
  FROM apns_push.push_certificate WHERE tenant = $1 AND topic = $2`,
};

export const listCertificates: Statement = {
  name: 'list-push-certificates',
  text: `
SELECT tenant, topic, not_after AS "notAfter", refused_reason AS refused
  FROM apns_push.push_certificate ORDER BY tenant, topic`,
};

/** $1 tenant, $2 topic, $3 uploaded at, $4 reason or null, $5 now */
export const refuseCertificate: Statement = {
  name: 'refuse-push-certificate',
  text: `
UPDATE apns_push.push_certificate
   SET refused_reason = $4, refused_at = CASE WHEN $4::text IS NULL THEN NULL ELSE coalesce(refused_at, $5) END
 WHERE tenant = $1 AND topic = $2 AND uploaded_at = $3`,
};
