-- Whatever is asked of history has a tenant. An index that begins with it looks as good as the key to a plan that is made while a
-- day is empty, as each is at its beginning; kept until the day's first statistics, that plan reads all that the tenant finished
-- for each command that is enqueued. With the tenant last these two serve the same questions, and never that one.
DROP INDEX command_queue.command_history_cause;
DROP INDEX command_queue.command_history_body;
CREATE INDEX command_history_cause ON command_queue.command_history (cause, tenant);
CREATE INDEX command_history_body ON command_queue.command_history (body_id, tenant);
