#!/usr/bin/env bash
# Do the three sets of migrations make the same schema? Applies each to an empty database and compares
# tables, columns, what kind each column is, whether it may be NULL, and which columns are unique.
# Prints every difference and exits 1 if there is one. Needs sqlite3 and what mariadb.sh and postgres.sh need.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
migrations=$here/../../migrations
work=$(mktemp -d)
own_servers=
# shellcheck disable=SC2317 # called by the trap
finish() {
    if [ -n "$own_servers" ]; then "$here/mariadb.sh" down; "$here/postgres.sh" down; fi
    rm -rf "$work"
}
trap finish EXIT
[ -n "${MFX_SERVERS_HOME:-}" ] || own_servers=yes

# Here the suite itself differs between databases, and we follow it:
# apps.image may be NULL but on MariaDB, security_audit_log.severity but on SQLite.
but_known() { grep -vE '^(apps\.image|security_audit_log\.severity)\b'; }

cat "$migrations"/sqlite/*.sql | sqlite3 -bail "$work/db"
sqlite3 -separator ' ' "$work/db" >"$work/sqlite" <<'END'
SELECT t.name || '.' || c.name,
  CASE WHEN c.type LIKE 'BOOLEAN%' THEN 'boolean' WHEN c.type LIKE '%INTEGER' THEN 'integer' WHEN c.type LIKE 'JSON%' THEN 'text'
       WHEN c.type LIKE 'DATETIME%' OR c.type LIKE 'TIMESTAMP%' THEN 'time' WHEN c.type LIKE '%BLOB' THEN 'bytes' ELSE 'text' END,
  CASE c."notnull" OR c.pk WHEN 0 THEN 'YES' ELSE 'NO' END
FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%';
SELECT DISTINCT 'unique ' || t.name, (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i."unique" AND i.origin = 'c';
END

eval "$("$here/mariadb.sh" env compare_schemas)"
mysql_client() { MYSQL_PWD=$DB_PASSWORD mariadb --no-defaults -h "$DB_HOST" -P "$DB_PORT" -u "$DB_USERNAME" --batch --skip-column-names "$DB_DATABASE"; }
cat "$migrations"/mysql/*.sql | mysql_client
mysql_client >"$work/mysql" <<'END'
SELECT CONCAT(table_name, '.', column_name, ' ',
  CASE WHEN column_type = 'tinyint(1)' THEN 'boolean' WHEN data_type IN ('int', 'bigint') THEN 'integer'
       WHEN data_type IN ('datetime', 'timestamp') THEN 'time' WHEN data_type LIKE '%blob' THEN 'bytes' ELSE 'text' END, ' ', is_nullable)
FROM information_schema.columns WHERE table_schema = DATABASE();
SELECT CONCAT('unique ', table_name, ' ', GROUP_CONCAT(column_name ORDER BY seq_in_index)) FROM information_schema.statistics
WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY' GROUP BY table_name, index_name;
END

eval "$("$here/postgres.sh" env compare_schemas)"
pg_client() { PGOPTIONS='-c client_min_messages=warning' PGPASSWORD=$DB_PASSWORD psql -X -q -At -v ON_ERROR_STOP=1 -h "$DB_HOST" -p "$DB_PORT" -U "$DB_USERNAME" -d "$DB_DATABASE"; }
cat "$migrations"/postgres/*.sql | pg_client
pg_client >"$work/postgres" <<'END'
SELECT table_name || '.' || column_name || ' ' ||
  CASE WHEN data_type = 'boolean' THEN 'boolean' WHEN data_type IN ('integer', 'bigint') THEN 'integer'
       WHEN data_type LIKE 'timestamp%' THEN 'time' WHEN data_type = 'bytea' THEN 'bytes' ELSE 'text' END || ' ' || is_nullable
FROM information_schema.columns WHERE table_schema = 'public';
SELECT 'unique ' || i.indrelid::regclass::text || ' ' || string_agg(a.attname, ',' ORDER BY k.place)
FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid::regclass::text NOT LIKE 'pg_%' GROUP BY i.indexrelid, i.indrelid;
END

for side in sqlite mysql postgres; do tr -d '"' <"$work/$side" | but_known | LC_ALL=C sort >"$work/$side.sorted"; done
status=0
diff -u --label sqlite --label mysql "$work/sqlite.sorted" "$work/mysql.sorted" || status=1
diff -u --label mysql --label postgres "$work/mysql.sorted" "$work/postgres.sorted" || status=1
[ $status = 0 ] && echo "the same: $(grep -vc ^unique "$work/mysql.sorted") columns, $(grep -c ^unique "$work/mysql.sorted") unique keys"
exit $status
