-- What was rung up in training is told apart; and what documents of older terminals come to, whose total is before discounts.
ALTER TABLE document ADD COLUMN is_training bigint NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN due_e4 bigint;
