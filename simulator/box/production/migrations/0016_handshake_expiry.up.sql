-- 2.14.0: QT-09 handshakes expire; finds the open ones.
CREATE INDEX IF NOT EXISTS transfers_open_idx ON transfers (updated_at) WHERE status IN ('INITIATED', 'ACCEPTED');
