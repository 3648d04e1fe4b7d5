-- 2.14.1: the backup of the order book notes its runs.
CREATE TABLE IF NOT EXISTS backup_runs (
    id serial PRIMARY KEY, status text NOT NULL, bytes bigint, started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON backup_runs TO erp;
GRANT USAGE ON SEQUENCE backup_runs_id_seq TO erp;
