-- Brings back every index that the ERP's look-ups need, and fresh statistics for the planner.
-- Safe at any time, as often as needed: psql -f /opt/erp/database-optimization.sql
SET client_min_messages = warning;

CREATE INDEX IF NOT EXISTS stock_sku_idx ON stock (sku);
CREATE INDEX IF NOT EXISTS stock_location_idx ON stock (location, id);
CREATE INDEX IF NOT EXISTS stock_movements_item_idx ON stock_movements (stock_id, moved_on DESC);
CREATE INDEX IF NOT EXISTS manufacturing_orders_department_idx ON manufacturing_orders (department, id DESC);
CREATE INDEX IF NOT EXISTS work_orders_department_idx ON work_orders (department, id DESC);
CREATE INDEX IF NOT EXISTS work_orders_order_idx ON work_orders (order_id);
CREATE INDEX IF NOT EXISTS transfers_open_idx ON transfers (updated_at) WHERE status IN ('INITIATED', 'ACCEPTED');
CREATE INDEX IF NOT EXISTS transfer_logs_transfer_idx ON transfer_logs (transfer_id);
CREATE INDEX IF NOT EXISTS transfer_logs_created_idx ON transfer_logs (created_at DESC);
CREATE INDEX IF NOT EXISTS line_occupancy_department_idx ON line_occupancy (department, status);
CREATE INDEX IF NOT EXISTS line_occupancy_transfer_idx ON line_occupancy (transfer_id);
CREATE INDEX IF NOT EXISTS qc_tests_order_idx ON qc_tests (order_id);

ANALYZE users, stock, stock_movements, manufacturing_orders, work_orders, transfers, transfer_logs, line_occupancy, qc_tests;
