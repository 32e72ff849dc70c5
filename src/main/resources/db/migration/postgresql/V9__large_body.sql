-- A bytea takes large bodies as it is; the number is kept in step with H2's.
SELECT 1;
