-- Bodies of 25 MB, as GitHub sends them. Widening copies nothing.
ALTER TABLE inbox_event ALTER COLUMN payload SET DATA TYPE varbinary(1000000000);
