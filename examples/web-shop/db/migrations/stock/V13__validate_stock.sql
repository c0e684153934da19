SET lock_timeout = '200ms';
SET statement_timeout = '5s';
ALTER TABLE stock VALIDATE CONSTRAINT stock_is_never_negative;
