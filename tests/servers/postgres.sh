#!/usr/bin/env bash
# A private PostgreSQL server for tests. See common.sh, or run it without arguments.
. "$(dirname "$0")/common.sh"

CONNECTION=pgsql
SCHEME=postgres

# Debian keeps the server's programs out of PATH, one folder a version: the newest.
find_programs() { BIN=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n1); [ -n "$BIN" ]; }

admin() { PGPASSWORD=$(cat "$HOME_DIR/password") psql -X -q -v ON_ERROR_STOP=1 -h "$HOME_DIR" -p "$(cat "$HOME_DIR/port")" -U "$SERVER_USER" -d postgres; }

# Starts the server on the data that is there.
serve() { # USER
    local user=$1
    # Speed over safety: what a power cut would lose is made anew anyway.
    as_server_user "$user" "$BIN/pg_ctl" -D "$HOME_DIR/data" -l "$HOME_DIR/server.log" -w -t 120 start -o "\
        -c listen_addresses=127.0.0.1 -c port=$(cat "$HOME_DIR/port") -c unix_socket_directories='$HOME_DIR' \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c max_wal_size=256MB" \
        </dev/null >/dev/null 2>&1 9>&- || die_of "$HOME_DIR/server.log" "postgres did not start"
}

start() {
    ready "$HOME_DIR/data/postmaster.pid" && return
    stop
    if ! find_programs || ! command -v psql >/dev/null; then install_packages postgresql; fi
    find_programs || die "no initdb below /usr/lib/postgresql though the package is installed"
    local user
    user=$(id -un)
    [ "$(id -u)" = 0 ] && user=postgres
    rm -rf "$HOME_DIR"
    mkdir -m 711 "$HOME_DIR"
    [ "$user" = "$(id -un)" ] || chown "$user" "$HOME_DIR"
    as_server_user "$user" test -w "$HOME_DIR" || die "user $user cannot write to $HOME_DIR: set MFX_SERVERS_HOME to a folder that it can reach"
    free_port >"$HOME_DIR/port"
    (umask 077 && random_password >"$HOME_DIR/password")
    [ "$user" = "$(id -un)" ] || chown "$user" "$HOME_DIR/password"
    cd "$HOME_DIR"
    as_server_user "$user" "$BIN/initdb" -D "$HOME_DIR/data" -U "$SERVER_USER" -A scram-sha-256 --pwfile="$HOME_DIR/password" \
        -E UTF8 --locale=C.UTF-8 --no-sync >"$HOME_DIR/initdb.log" 2>&1 || die_of "$HOME_DIR/initdb.log" "initdb failed"
    serve "$user"
    touch "$HOME_DIR/ready"
}

resume() {
    local user
    find_programs || die "no initdb below /usr/lib/postgresql"
    user=$(id -un)
    [ "$(id -u)" = 0 ] && user=postgres
    cd "$HOME_DIR"
    serve "$user"
}

fresh_database() { # NAME
    admin <<END || die "could not make database $1 anew on $HOME_DIR"
SET client_min_messages = warning;
DROP DATABASE IF EXISTS $1 WITH (FORCE);
CREATE DATABASE $1 TEMPLATE template0;
END
}

# SIGINT is PostgreSQL's fast shutdown: sessions are ended, not waited for.
stop() { stop_by_pidfile "$HOME_DIR/data/postmaster.pid" INT; }

main postgres "$@"
