#!/usr/bin/env bash
# A private MariaDB server for tests. See common.sh, or run it without arguments.
. "$(dirname "$0")/common.sh"

CONNECTION=mysql
SCHEME=mysql

# The administrator: reachable by its Unix user through the socket only, so it needs no password.
admin() { mariadb --no-defaults --protocol=socket --socket="$HOME_DIR/socket" --user="$(id -un)" --batch --skip-column-names; }

# Starts the server on the data that is there.
serve() { # USER
    local user=$1
    # Speed over safety: what a power cut would lose is made anew anyway. A test may want further options.
    # shellcheck disable=SC2086
    setsid mariadbd --no-defaults --user="$user" --datadir="$HOME_DIR/data" --tmpdir="$HOME_DIR/tmp" --socket="$HOME_DIR/socket" --pid-file="$HOME_DIR/pid" \
        --bind-address=127.0.0.1 --port="$(cat "$HOME_DIR/port")" --skip-name-resolve --skip-log-bin \
        --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
        --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --performance-schema=OFF \
        ${MFX_SERVER_OPTIONS:-} \
        </dev/null >"$HOME_DIR/server.log" 2>&1 9>&- &
    for _ in $(seq 1200); do
        ! echo 'SELECT 1' | admin >/dev/null 2>&1 || return 0
        [ -d "/proc/$!" ] || die_of "$HOME_DIR/server.log" "mariadbd ended at once"
        sleep 0.1
    done
    die_of "$HOME_DIR/server.log" "mariadbd has not answered on $HOME_DIR/socket for 120 s"
}

start() {
    ready "$HOME_DIR/pid" && return
    stop
    hash mariadbd mariadb-install-db mariadb 2>/dev/null || install_packages mariadb-server
    local me user
    me=$(id -un)
    user=$me
    [ "$(id -u)" = 0 ] && user=mysql
    rm -rf "$HOME_DIR"
    mkdir -m 711 "$HOME_DIR"
    [ "$user" = "$me" ] || chown "$user" "$HOME_DIR"
    as_server_user "$user" test -w "$HOME_DIR" || die "user $user cannot write to $HOME_DIR: set MFX_SERVERS_HOME to a folder that it can reach"
    # A folder of its own for temporary tables: a server that starts removes those of others.
    mkdir -m 700 "$HOME_DIR/tmp"
    [ "$user" = "$me" ] || chown "$user" "$HOME_DIR/tmp"
    mariadb-install-db --no-defaults --datadir="$HOME_DIR/data" --tmpdir="$HOME_DIR/tmp" --user="$user" --skip-test-db \
        --auth-root-authentication-method=socket --auth-root-socket-user="$me" >"$HOME_DIR/install.log" 2>&1 ||
        die_of "$HOME_DIR/install.log" "mariadb-install-db failed"
    free_port >"$HOME_DIR/port"
    (umask 077 && random_password >"$HOME_DIR/password")
    serve "$user"
    admin <<END || die_of "$HOME_DIR/server.log" "mariadbd did not make the account"
CREATE USER '$SERVER_USER'@'127.0.0.1' IDENTIFIED BY '$(cat "$HOME_DIR/password")';
GRANT ALL ON *.* TO '$SERVER_USER'@'127.0.0.1';
END
    touch "$HOME_DIR/ready"
}

fresh_database() { # NAME
    admin <<END || die "could not make database $1 anew on $HOME_DIR/socket"
DROP DATABASE IF EXISTS $1;
CREATE DATABASE $1 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
END
}

resume() {
    local user
    user=$(id -un)
    [ "$(id -u)" = 0 ] && user=mysql
    serve "$user"
}

stop() { stop_by_pidfile "$HOME_DIR/pid" TERM; }

main mariadb "$@"
