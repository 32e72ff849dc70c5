-- Those of an e-mail's recipients that are on the suppression list.
SELECT address AS "address"
FROM suppression
WHERE address IN (:#in:${variable.recipients}) AND removed_at IS NULL
