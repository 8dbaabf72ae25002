d=/.multiflexi n=$1 PATH=${PATH:+$PATH:}/.multiflexi/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mark() { printf '\036%s:%s\n' $n "$1"; }
size() { s=0; [ ! -e $1 ] || s=$(($(wc -c <$1))); }
# Only where the recorder's own file says so: what says that a program was let go, that may have removed.
if [ "$6" != begun ]; then
  i=0; until [ -e $d/gate ] || [ -e $d/go ] || [ -e $d/begun ] || [ $i -ge 10 ]; do sleep 1; i=$((i+1)); done
  v=; [ ! -e $d/go ] || read -r v <$d/go
  if [ -e $d/gate ] && { [ ! -e $d/go ] || [ "$v" = closed ]; }; then mark gate; exit 0; fi
fi
i=0
while [ ! -e $d/rc ] && [ $i -lt $4 ]; do
  size $d/out; [ $s -ge $2 ] && break
  size $d/err; [ $s -ge $3 ] && break
  sleep 1; i=$((i+1))
done 2>/dev/null
r=; [ -e $d/rc ] && read -r r <$d/rc
# Both records go to stdout, one behind the other: on stderr kubectl has words of its own.
mark start
if [ $5 = read ]; then
  tail -c +$2 $d/out
  mark turn; mark start
  tail -c +$3 $d/err
fi 2>/dev/null
size $d/out; so=$s; size $d/err
mark "rest:$so:$s:$r"
