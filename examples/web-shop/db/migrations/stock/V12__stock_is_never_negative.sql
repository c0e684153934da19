-- Checked for new rows at once, and for old ones by the next migration, which blocks nobody.
SET lock_timeout = '200ms';
SET statement_timeout = '5s';
ALTER TABLE stock ADD CONSTRAINT stock_is_never_negative CHECK (quantity >= 0) NOT VALID;
