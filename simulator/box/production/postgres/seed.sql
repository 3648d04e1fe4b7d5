-- The ERP's data as of the last stock count. Loaded once, after the users; the same on every server.
BEGIN;

INSERT INTO stock (id, sku, location, quantity)
SELECT n, 'SKU-' || lpad(n::text, 6, '0'), 'WH' || n % 4 + 1 || '-' || lpad((n % 250)::text, 3, '0'), n::bigint * 7919 % 1000
FROM generate_series(1, 200000) AS n;

INSERT INTO stock_movements (stock_id, quantity, moved_on)
SELECT (n - 1) % 200000 + 1, n * 13 % 40 - 20, date '2025-01-06' + n * 31 % 300
FROM generate_series(1, 400000) AS n;

INSERT INTO manufacturing_orders (number, product, quantity, department, status, created_by, approved_by, created_at)
SELECT 'MO-' || lpad(n::text, 6, '0'),
       (ARRAY['Polo shirt', 'Work jacket', 'Denim trousers', 'School uniform', 'Sports jersey'])[n % 5 + 1],
       50 + n * 37 % 950,
       (ARRAY['cutting', 'sewing', 'finishing'])[n % 3 + 1],
       CASE WHEN n % 10 = 0 THEN 'APPROVED' ELSE 'DONE' END,
       'clerk.ppic', 'manager.ppic', timestamptz '2025-01-02 07:00+00' + n * interval '27 minutes'
FROM generate_series(1, 20000) AS n;

INSERT INTO work_orders (order_id, department, quantity, status, created_by, created_at)
SELECT (n + 1) / 2, (ARRAY['cutting', 'sewing', 'finishing'])[n % 3 + 1], 25 + n * 17 % 400, 'DONE',
       (ARRAY['operator.cutting', 'operator.sewing'])[n % 2 + 1],
       timestamptz '2025-01-02 08:00+00' + n * interval '13 minutes'
FROM generate_series(1, 40000) AS n;

INSERT INTO transfers (order_id, from_department, to_department, quantity, status, created_by, created_at, updated_at)
SELECT n, CASE n % 2 WHEN 0 THEN 'cutting' ELSE 'sewing' END, CASE n % 2 WHEN 0 THEN 'sewing' ELSE 'finishing' END,
       50 + n * 37 % 950, 'CONFIRMED', 'operator.cutting', moment, moment + interval '5 minutes'
FROM generate_series(1, 5000) AS n, LATERAL (SELECT timestamptz '2025-01-03 07:00+00' + n * interval '108 minutes') AS m (moment);

INSERT INTO transfer_logs (transfer_id, step, username, created_at)
SELECT t.id, s.step, t.created_by, t.created_at + s.after
FROM transfers AS t, (VALUES ('INITIATED', interval '0'), ('ACCEPTED', interval '2 minutes'), ('CONFIRMED', interval '5 minutes'))
    AS s (step, after)
ORDER BY t.id, s.after;

INSERT INTO line_occupancy (line, department)
SELECT upper(left(department, 3)) || '-' || lpad(n::text, 2, '0'), department
FROM unnest(ARRAY['cutting', 'sewing', 'finishing']) AS department, generate_series(1, 12) AS n;

INSERT INTO qc_tests (order_id, result, inspector, created_at)
SELECT n * 2, CASE WHEN n % 23 = 0 THEN 'FAIL' ELSE 'PASS' END, 'inspector.qc',
       timestamptz '2025-01-04 09:00+00' + n * interval '54 minutes'
FROM generate_series(1, 10000) AS n;

INSERT INTO job_runs (job, parameters, status, requested_by, requested_at, started_at, finished_at)
SELECT j.job, j.parameters::jsonb, 'DONE', j.who, moment, moment + interval '1 second', moment + j.took
FROM generate_series(1, 12) AS n, LATERAL (SELECT timestamptz '2025-10-24 05:00+00' + n * interval '7 days') AS m (moment),
    (VALUES ('plan', '{"candidates": 40}', 'manager.ppic', interval '5 seconds'),
            ('forecast', '{"weeks": 52, "tolerance": 0.5}', 'manager.ppic', interval '2 seconds'),
            ('archive', '{"target": "/var/backups/erp"}', 'admin', interval '3 seconds')) AS j (job, parameters, who, took)
ORDER BY moment;

CREATE INDEX stock_sku_idx ON stock (sku);
CREATE INDEX stock_location_idx ON stock (location, id);
CREATE INDEX stock_movements_item_idx ON stock_movements (stock_id, moved_on DESC);
CREATE INDEX manufacturing_orders_department_idx ON manufacturing_orders (department, id DESC);
CREATE INDEX work_orders_department_idx ON work_orders (department, id DESC);
CREATE INDEX work_orders_order_idx ON work_orders (order_id);
CREATE INDEX transfers_open_idx ON transfers (updated_at) WHERE status IN ('INITIATED', 'ACCEPTED');
CREATE INDEX transfer_logs_transfer_idx ON transfer_logs (transfer_id);
CREATE INDEX transfer_logs_created_idx ON transfer_logs (created_at DESC);
CREATE INDEX line_occupancy_department_idx ON line_occupancy (department, status);
CREATE INDEX line_occupancy_transfer_idx ON line_occupancy (transfer_id);
CREATE INDEX qc_tests_order_idx ON qc_tests (order_id);

COMMIT;
VACUUM ANALYZE;
SELECT statistics.pg_stat_statements_reset();  -- the filling is nobody's slow query
