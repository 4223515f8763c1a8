-- Whether a bootstrap token is in escrow. A Mac with Apple silicon updates by command only with it.
CREATE OR REPLACE VIEW command_queue.enrollment_v1 AS
  SELECT tenant, device_id, kind, parent_id, status, topic, generation, enrolled_at, left_at, last_seen_at,
         push_gone_at, (push_address IS NOT NULL AND push_gone_at IS NULL) AS reachable, certificate_hash,
         source, token_update_tally, awaiting_configuration, not_on_console, user_short_name, user_long_name,
         certificate_ends_at, (bootstrap_token IS NOT NULL) AS has_bootstrap_token
    FROM command_queue.enrollment;
