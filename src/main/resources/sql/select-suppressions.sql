SELECT address AS "address",
       reason AS "reason",
       provider AS "provider",
       TO_CHAR(event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "at",
       CAST(event_id AS varchar(36)) AS "eventId"
FROM suppression
WHERE removed_at IS NULL
ORDER BY event_at DESC, address
FETCH FIRST 1000 ROWS ONLY
