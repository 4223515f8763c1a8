-- Until when the tokens that GetToken gave an enrollment count, each for its part of an hour. Null: it was given none.
ALTER TABLE command_queue.enrollment ADD COLUMN tokens_until timestamptz;
