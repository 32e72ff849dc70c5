-- The platform's own: a connected account's may have the same id. A subscription of which only a failed payment is known has no status, and counts as unknown.
SELECT id AS "id",
       customer_id AS "customerId",
       status AS "status",
       TO_CHAR(current_period_end AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "currentPeriodEnd",
       cancel_at_period_end AS "cancelAtPeriodEnd",
       TO_CHAR(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "updatedAt"
FROM subscription
WHERE account = '' AND id = :#${header.id} AND status IS NOT NULL
