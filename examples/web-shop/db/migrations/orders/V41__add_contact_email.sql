-- The new column beside the old one: nothing is rewritten, and old code does not see it.
SET lock_timeout = '200ms';
SET statement_timeout = '5s';
ALTER TABLE customers ADD COLUMN contact_email text;
