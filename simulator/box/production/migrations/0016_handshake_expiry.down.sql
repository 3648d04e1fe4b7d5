-- 2.14.0: back to handshakes without an end.
DROP INDEX IF EXISTS transfers_open_idx;
