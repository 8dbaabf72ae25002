d=/.multiflexi n=$1 hold=$2; shift 2
trap 'exit 143' TERM INT
mark() { printf '\036%s:%s\n' $n "$1"; }
for t in mkfifo tee wc mv tail sleep; do command -v $t >/dev/null 2>&1 || { mark "unusable:$t"; exit 125; }; done
mkfifo $d/o $d/e 2>/dev/null || { mark unusable:mkfifo; exit 125; }
IFS= read -r _ || exit 125
case $1 in
*/*) [ -e "$1" ] ;;
*) command -v -- "$1" >/dev/null 2>&1 ;;
esac || { mark absent; mark absent >&2; exit 127; }
: >$d/out; : >$d/err; : >$d/go
mark start; mark start >&2
# What this shell says itself (of a program that was killed, for instance) is nobody's output.
exec 3>&2 2>/dev/null
tee $d/out <$d/o 3>&- & to=$!
tee $d/err <$d/e >&3 3>&- & te=$!
(exec "$@") </dev/null >$d/o 2>$d/e 3>&- & c=$!
echo $c >$d/pid
trap 'kill -TERM $c 2>/dev/null' TERM INT
wait $c; rc=$?
while kill -0 $c 2>/dev/null; do wait $c; rc=$?; done
late() {
  mark late >$d/$1; i=0
  until grep -q "$n:late" $d/$2 || [ $i -gt 600 ]; do sleep 0.2 || sleep 1; i=$((i+1)); done
  kill $3
}
(sleep 1; : >$d/late; late o out $to & late e err $te & wait) </dev/null >/dev/null 3>&- & w=$!
wait $to; while kill -0 $to 2>/dev/null; do wait $to; done
wait $te; while kill -0 $te 2>/dev/null; do wait $te; done
kill $w 2>/dev/null
size() {
  s=$(($(wc -c <$1)))
  if [ -e $d/late ]; then
    if [ "$(tail -c 23 $1 2>/dev/null)" = "$(mark late)" ]; then s=$((s-23)); elif grep -q "$n:late" $1; then s=-; fi
  fi 2>/dev/null
}
size $d/out; so=$s; size $d/err; se=$s; oom=0
for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r $f ] && while read -r k v; do [ "$k" = oom_kill ] && oom=$v; done <$f
done
echo "$rc:$so:$se:$oom" >$d/rc.tmp; mv $d/rc.tmp $d/rc
mark "end:$rc:$so:$oom"; mark "end:$rc:$se:$oom" >&3
trap 'exit $rc' TERM INT
i=0; while [ ! -e $d/done ] && [ $i -lt $hold ]; do sleep 1 & wait $!; i=$((i+1)); done
exit $rc
