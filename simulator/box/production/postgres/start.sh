#!/bin/sh
# Starts PostgreSQL. On the first start the database is made and filled beside its final place and then
# renamed, so that a start which was killed half way begins again, and a finished one is never touched.
set -eu

BIN=/usr/lib/postgresql/15/bin
HERE=/etc/erp/postgres
ROOT=/var/lib/erp/postgres
DATA=$ROOT/15
NEW=$ROOT/15.new
DB=erp_quty_karunia_prod

as_postgres() {
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
}

first_start() {
    rm -rf "$NEW"
    install -d -o postgres -g postgres -m 700 "$ROOT" "$NEW"
    as_postgres "$BIN/initdb" -D "$NEW" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
    # No network while it is filled: nobody may take a half-filled database for the real one.
    as_postgres "$BIN/pg_ctl" -D "$NEW" -w -t 120 -o "-c listen_addresses='' -c unix_socket_directories=/run/postgresql \
        -c fsync=off -c wal_level=minimal -c max_wal_senders=0 -c min_wal_size=32MB \
        -c shared_preload_libraries=pg_stat_statements" start
    sql="as_postgres $BIN/psql -h /run/postgresql -U postgres -q -v ON_ERROR_STOP=1"
    $sql -d postgres -c "CREATE DATABASE $DB"
    $sql -d "$DB" -f "$HERE/schema.sql"
    python3 "$HERE/users.py" | $sql -d "$DB" -c "COPY users (username, role, department, password_hash) FROM STDIN"
    $sql -d "$DB" -f "$HERE/seed.sql"
    as_postgres "$BIN/pg_ctl" -D "$NEW" -w -m fast stop
    sync
    mv "$NEW" "$DATA"
    sync
}

install -d -o postgres -g postgres -m 775 /run/postgresql
if [ ! -d "$DATA" ]; then
    first_start
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups \
    "$BIN/postgres" -D "$DATA" -c config_file="$HERE/postgresql.conf"
