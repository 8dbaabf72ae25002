d=/.multiflexi n=$1 PATH=${PATH:+$PATH:}/.multiflexi/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mark() { printf '\036%s:%s\n' $n "$1"; }
size() { s=$(($(wc -c <$1))); }
v=; [ ! -e $d/go ] || read -r v <$d/go
[ -e $d/go ] && [ "$v" != closed ] || { mark gate; exit 0; }
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
