-- Stripe's ids are one merchant's: two connected accounts may have a subscription of the same id.
-- The account is empty for the platform's own, as all were taken to be until now.
ALTER TABLE subscription ADD COLUMN account varchar(255) DEFAULT '' NOT NULL;
ALTER TABLE subscription DROP PRIMARY KEY;
ALTER TABLE subscription ADD PRIMARY KEY (account, id);
