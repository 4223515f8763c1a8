-- What APNs says of a certificate that it does not take: other processes leave its topic alone too, and operators see it.
ALTER TABLE apns_push.push_certificate
  ADD COLUMN refused_at     timestamptz,     -- since when; null while APNs takes it
  ADD COLUMN refused_reason text;            -- APNs' own word, e.g. BadCertificate

CREATE OR REPLACE VIEW apns_push.push_certificate_v1 AS
  SELECT tenant, topic, not_after, uploaded_at, refused_at, refused_reason FROM apns_push.push_certificate;
