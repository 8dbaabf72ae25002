#!/bin/sh
# What an alarm needs of `multiflexi-cli status`, for the textfile collector of Prometheus' node_exporter. From cron, each minute
# (cron itself looks in /usr/bin and /bin only: PATH names the folders of multiflexi-cli and of this script):
#
#   PATH=/home/jana/.cargo/bin:/usr/local/bin:/usr/bin:/bin
#   * * * * *  textfile.sh /var/lib/prometheus/node-exporter/multiflexi.prom
#
# Alarms: multiflexi_database_up == 0, multiflexi_oldest_waiting_seconds > 600, multiflexi_lost_runners > 0,
# multiflexi_stuck_schedules > 0, and multiflexi_seconds_since_queue_run > 300. When the database is down, or a
# setting is wrong so that it cannot be asked, only the first is there.
set -eu
target=${1:?name the file to write, for instance /var/lib/prometheus/node-exporter/multiflexi.prom}
new=$(mktemp "$target.XXXXXX")
trap 'rm -f "$new"' EXIT
# It exits with 1 when the database is down, and says so all the same.
# Where it says nothing at all, as when it is not installed, that is no good sign either.
{ multiflexi-cli status --format=json 2>/dev/null || :; } | awk -F'"' '
    BEGIN {
        count = split("database_up due_jobs oldest_waiting_seconds failed_last_day lost_runners blocked_jobs" \
            " stuck_schedules seconds_since_queue_fill seconds_since_queue_run", keys, " ")
        for (at = 1; at <= count; at++) wanted[keys[at]] = 1
    }
    $2 in wanted {
        value = $3
        gsub(/[^0-9a-z]/, "", value)
        if (value == "true") value = 1
        if (value == "false") value = 0
        if (value !~ /^[0-9]+$/) next
        # null says that a wrong setting kept it from being asked: nothing is known to be up.
        if ($2 == "database_up") told = 1
        printf "# TYPE multiflexi_%s gauge\nmultiflexi_%s %s\n", $2, $2, value
    }
    END { if (!told) print "# TYPE multiflexi_database_up gauge\nmultiflexi_database_up 0" }
' >"$new"
# The collector reads whole files only.
chmod 644 "$new"
mv "$new" "$target"
trap - EXIT
