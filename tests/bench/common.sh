# shellcheck shell=bash
# What the benchmarks have in common: a home of their own, the databases one after the other, jobs. Sourced, not run.

now() { date +%s.%N; }
elapsed() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.3f", b - a }'; }

# Runs SQL with the database's own client.
sql() { # SQL
    case ${DB_CONNECTION:-sqlite} in
        mysql) MYSQL_PWD=$DB_PASSWORD mariadb --no-defaults --batch --skip-column-names --protocol=tcp -h "$DB_HOST" -P "$DB_PORT" -u "$DB_USERNAME" "$DB_DATABASE" -e "$1" ;;
        pgsql) PGPASSWORD=$DB_PASSWORD psql -X -q -t -A -F $'\t' -v ON_ERROR_STOP=1 -h "$DB_HOST" -p "$DB_PORT" -U "$DB_USERNAME" -d "$DB_DATABASE" -c "$1" ;;
        *) sqlite3 -batch -separator $'\t' -cmd '.timeout 20000' "$home/data/multiflexi/multiflexi.sqlite3" "$1" ;;
    esac
}

# An application that runs a shell script, with company, runtemplate and one queued job: all have the id 1.
prepare() { # SCRIPT
    cat >"$home/app.json" <<END
{"\$schema": "https://multiflexi.eu/schema/application.json", "name": "Bench", "description": "Of a benchmark",
 "executable": "/bin/sh", "cmdparams": "-c '$1'", "homepage": "https://example.org/", "version": "1.0.0",
 "uuid": "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12", "ociimage": "localhost/bench:1", "environment": {}}
END
    [ -z "${DB_CONNECTION:-}" ] || "$binary" database migrate >/dev/null
    "$binary" application import-json --file "$home/app.json" >/dev/null
    "$binary" company create --name=Bench --slug=bench >/dev/null
    "$binary" runtemplate create --app_id=1 --company_id=1 --name=Bench --executor=Native >/dev/null
    "$binary" runtemplate schedule --id=1 >/dev/null
}

# Copies job 1 until there are so many, all queued.
copy_job() { # COUNT
    sql "INSERT INTO job (app_id, company_id, runtemplate_id, launched_by, schedule, schedule_type, executor, env, command)
         WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         SELECT app_id, company_id, runtemplate_id, launched_by, schedule, schedule_type, executor, env, command FROM job, n WHERE job.id = 1;
         INSERT INTO schedule (after, job) SELECT schedule, id FROM job WHERE id > 1;"
}

# Calls a function with a database's name, in a home that is new each time: of each of BENCH_DATABASES, which are all unless set.
on_each_database() { # FUNCTION
    local name exports
    for name in ${BENCH_DATABASES:-sqlite mariadb postgres}; do
        exports=
        if [ "$name" != sqlite ]; then
            [ -n "${MFX_SERVERS_HOME:-}" ] || { echo "$name: left out, as MFX_SERVERS_HOME is not set"; continue; }
            exports=$("tests/servers/$name.sh" env "bench_$$")
        fi
        (
            eval "$exports"
            home=$(mktemp -d)
            trap 'rm -rf "$home"' EXIT
            export HOME=$home XDG_DATA_HOME=$home/data XDG_STATE_HOME=$home/state MULTIFLEXI_TIMEZONE=UTC
            "$1" "$name"
        )
    done
}
