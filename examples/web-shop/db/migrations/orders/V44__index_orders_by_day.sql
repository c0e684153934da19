-- flyway:executeInTransaction=false
SET lock_timeout = '200ms';
CREATE INDEX CONCURRENTLY orders_by_day ON orders (placed_on);
