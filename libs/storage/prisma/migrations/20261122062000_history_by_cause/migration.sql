-- What became of a rollout's commands is asked by cause. Few causes share a day, so their entries are deduplicated: the index
-- has a twentieth of the key's size, and appending to it costs nothing that could be measured.
CREATE INDEX command_history_cause ON command_queue.command_history (tenant, cause);
