-- The ERP's tables. Loaded once, into an empty database.
BEGIN;

CREATE TABLE users (
    id            serial PRIMARY KEY,
    username      text NOT NULL UNIQUE,
    role          text NOT NULL,
    department    text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stock (
    id       integer PRIMARY KEY,
    sku      text NOT NULL,
    location text NOT NULL,
    quantity integer NOT NULL
);

-- One line a movement, written by the scanners at the gates; what is read is each item's last one.
CREATE TABLE stock_movements (
    stock_id integer NOT NULL,
    quantity integer NOT NULL,
    moved_on date    NOT NULL
);

CREATE TABLE manufacturing_orders (
    id          serial PRIMARY KEY,
    number      text NOT NULL UNIQUE,
    product     text NOT NULL,
    quantity    integer NOT NULL CHECK (quantity > 0),
    department  text NOT NULL,
    status      text NOT NULL DEFAULT 'DRAFT',
    created_by  text NOT NULL,
    approved_by text,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE work_orders (
    id         serial PRIMARY KEY,
    order_id   integer NOT NULL REFERENCES manufacturing_orders,
    department text NOT NULL,
    quantity   integer NOT NULL CHECK (quantity > 0),
    status     text NOT NULL DEFAULT 'OPEN',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE transfers (
    id              serial PRIMARY KEY,
    order_id        integer NOT NULL REFERENCES manufacturing_orders,
    from_department text NOT NULL,
    to_department   text NOT NULL,
    quantity        integer NOT NULL CHECK (quantity > 0),
    status          text NOT NULL DEFAULT 'INITIATED',
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE transfer_logs (
    id          serial PRIMARY KEY,
    transfer_id integer NOT NULL REFERENCES transfers,
    step        text NOT NULL,
    username    text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE line_occupancy (
    id          serial PRIMARY KEY,
    line        text NOT NULL UNIQUE,
    department  text NOT NULL,
    status      text NOT NULL DEFAULT 'AVAILABLE' CHECK (status IN ('AVAILABLE', 'LOCKED')),
    locked_at   timestamptz,
    transfer_id integer REFERENCES transfers
);

CREATE TABLE qc_tests (
    id         serial PRIMARY KEY,
    order_id   integer NOT NULL REFERENCES manufacturing_orders,
    result     text NOT NULL CHECK (result IN ('PASS', 'FAIL')),
    inspector  text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE backup_runs (
    id          serial PRIMARY KEY,
    status      text NOT NULL,
    bytes       bigint,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

CREATE TABLE job_runs (
    id           serial PRIMARY KEY,
    job          text NOT NULL,
    parameters   jsonb NOT NULL DEFAULT '{}',
    status       text NOT NULL DEFAULT 'REQUESTED',
    requested_by text NOT NULL DEFAULT current_user,
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    finished_at  timestamptz
);

-- PostgreSQL 13 renamed mean_time to mean_exec_time; the operators' queries still use the old name.
CREATE SCHEMA statistics;
CREATE EXTENSION pg_stat_statements SCHEMA statistics;
CREATE VIEW pg_stat_statements AS
    SELECT *, total_exec_time AS total_time, mean_exec_time AS mean_time FROM statistics.pg_stat_statements;
ALTER DATABASE erp_quty_karunia_prod SET search_path = public, statistics;

CREATE ROLE erp LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO erp;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO erp;
CREATE ROLE monitor LOGIN IN ROLE pg_monitor;

COMMIT;
