-- Takes an address off the suppression list, and notes who did.
UPDATE suppression
SET removed_at = CURRENT_TIMESTAMP, removed_by = CAST(:#${variable.operator} AS varchar(255))
WHERE address = LOWER(TRIM(CAST(:#${header.address} AS varchar))) AND removed_at IS NULL
