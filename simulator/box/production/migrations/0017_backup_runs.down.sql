-- 2.14.1: no notes of the backup's runs.
DROP TABLE IF EXISTS backup_runs;
