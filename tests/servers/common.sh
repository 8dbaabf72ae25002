# shellcheck shell=bash
# What mariadb.sh and postgres.sh have in common. Sourced by them, not run.
#
# Each server lives in a folder of its own below MFX_SERVERS_HOME, listens on a free port of
# 127.0.0.1 and has one account, multiflexi, with a random password that only its folder knows.
# Nothing in it is worth keeping: `down` stops the server and deletes the folder.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

SERVER_USER=multiflexi

die() { # MESSAGE...: says what is wrong and what to do, and ends
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The same, with the last lines of what the program itself logged: on another machine nobody can read its file.
die_of() { # LOG MESSAGE...
    local log=$1
    shift
    [ ! -s "$log" ] || tail -n 5 "$log" | sed 's/^/    /' >&2
    die "$*; see $log"
}

usage() {
    cat >&2 <<END
Usage: ${0##*/} up          start the server, once; prints where it lives, to be eval'ed
       ${0##*/} env NAME    (start it and) make the database NAME anew, empty; prints DB_* variables, to be eval'ed
       ${0##*/} url NAME    print the URL of the database NAME
       ${0##*/} halt        stop the server, but keep its data
       ${0##*/} resume      start it again on the same data and port
       ${0##*/} down        stop the server and delete all of it
MFX_SERVERS_HOME is the folder it lives below; without it, up and env make one and print it.
END
    exit 2
}

# The folder for this server, made when it is missing. The server's own user must be able to pass.
find_home() { # KIND
    if [ -z "${MFX_SERVERS_HOME:-}" ]; then
        case $ACTION in
            up | env) MFX_SERVERS_HOME=$(mktemp -d "${TMPDIR:-/tmp}/mfx-servers.XXXXXX") ;;
            *) die "MFX_SERVERS_HOME is not set: which server is meant? Set it to what \`up\` printed." ;;
        esac
    fi
    mkdir -p "$MFX_SERVERS_HOME"
    MFX_SERVERS_HOME=$(cd "$MFX_SERVERS_HOME" && pwd)
    chmod a+x "$MFX_SERVERS_HOME"
    HOME_DIR=$MFX_SERVERS_HOME/$1
}

# Several tests may ask for the server at once: one starts it, the others wait.
# fd 9 must be closed for the server (9>&-), or the lock lives as long as it does.
lock() {
    exec 9>"$HOME_DIR.lock"
    flock -w 300 9 || die "another ${0##*/} has held $HOME_DIR.lock for five minutes. Is it stuck?"
}

install_packages() { # PACKAGE...
    [ "$(id -u)" = 0 ] || die "$* is missing and only root can install it: apt-get install $*"
    # RUNLEVEL=1 keeps Debian from starting the packaged service.
    local log=$HOME_DIR.apt.log
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 ||
        { apt-get update >>"$log" 2>&1 && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; } ||
        die_of "$log" "apt-get could not install $*"
}

# Below the ports that Linux gives to clients (from 32768): a client's connection, even one that ended up to a minute ago, keeps a
# server from taking its port again after `halt`. And below those of tests/cluster.
free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + RANDOM % 6000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    die "no free port found on 127.0.0.1"
}

random_password() { od -An -N18 -tx1 /dev/urandom | tr -d ' \n'; }

# Runs a command as the server's user, who must not be root.
as_server_user() { # USER COMMAND...
    local user=$1
    shift
    if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

check_name() { # NAME
    [[ ${1:-} =~ ^[a-z][a-z0-9_]{0,47}$ ]] || die "a database name is 1 to 48 of a-z, 0-9 and _, beginning with a letter; given: '${1:-}'"
}

alive() { # PID: is it a process of this folder? One that has ended and that nobody has waited for yet has no command line.
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$HOME_DIR"
}

running() { # PIDFILE: is the server of this folder alive?
    local pid
    pid=$(head -n1 "$1" 2>/dev/null) && [ -n "$pid" ] && alive "$pid"
}

# Was this server started all the way? If not, what is left of it must go first.
ready() { # PIDFILE
    running "$1" && [ -f "$HOME_DIR/ready" ]
}

stop_by_pidfile() { # PIDFILE SIGNAL
    running "$1" || return 0
    local pid
    pid=$(head -n1 "$1")
    kill "-$2" "$pid"
    for _ in $(seq 1200); do
        alive "$pid" || return 0
        sleep 0.1
    done
    die "process $pid ($HOME_DIR) has not ended 120 s after SIG$2; see its log in $HOME_DIR"
}

print_home() { printf 'export MFX_SERVERS_HOME=%q\n' "$MFX_SERVERS_HOME"; }

print_env() { # CONNECTION NAME
    print_home
    printf 'export DB_CONNECTION=%s DB_HOST=127.0.0.1 DB_PORT=%s DB_USERNAME=%s DB_PASSWORD=%s DB_DATABASE=%s\n' \
        "$1" "$(cat "$HOME_DIR/port")" "$SERVER_USER" "$(cat "$HOME_DIR/password")" "$2"
}

print_url() { # SCHEME NAME
    [ -f "$HOME_DIR/port" ] || die "no server in $HOME_DIR. Start it: ${0##*/} up"
    printf '%s://%s:%s@127.0.0.1:%s/%s\n' "$1" "$SERVER_USER" "$(cat "$HOME_DIR/password")" "$(cat "$HOME_DIR/port")" "$2"
}

remove_home() {
    rm -rf "$HOME_DIR" "$HOME_DIR.lock" "$HOME_DIR.apt.log"
    rmdir "$MFX_SERVERS_HOME" 2>/dev/null || true # not when the other server lives there too
}

main() { # KIND ARGUMENTS...
    local kind=$1
    shift
    ACTION=${1:-}
    case $ACTION in up | halt | resume | down) [ $# = 1 ] || usage ;; env | url) [ $# = 2 ] || usage; check_name "$2" ;; *) usage ;; esac
    find_home "$kind"
    case $ACTION in
        up) lock; start >&2; print_home ;;
        env) lock; start >&2; fresh_database "$2" >&2; print_env "$CONNECTION" "$2" ;;
        url) print_url "$SCHEME" "$2" ;;
        halt) stop ;;
        resume) lock; resume >&2 ;;
        down) stop; remove_home ;;
    esac
}
