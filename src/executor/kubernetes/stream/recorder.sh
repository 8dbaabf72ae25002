# A job may have variables of any name: what is set here before its program starts begins with mfx_.
{ set +eufvx; } 2>/dev/null
mfx_d=/.multiflexi mfx_n=$1 mfx_hold=$2 mfx_list=$3 mfx_env=$4; shift 4
# Tools may have been lent to us; the program is not to find them. Nor need its own PATH lead to those of the image.
mfx_path=$PATH; PATH=${PATH:+$PATH:}$mfx_d/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
trap 'exit 143' TERM INT
mark() { printf '\036%s:%s\n' $mfx_n "$1"; }
[ "$mfx_env" = - ] && mfx_t= || mfx_t=tr
for mfx_t in mkfifo tee wc mv tail sleep $mfx_t; do command -v $mfx_t >/dev/null 2>&1 || { mark "unusable:$mfx_t"; exit 125; }; done
mkfifo $mfx_d/o $mfx_d/e $mfx_d/v 2>/dev/null || { mark unusable:mkfifo; exit 125; }
# Until the program is let go. Whatever that removes then, nobody takes it for one that waits.
: >$mfx_d/gate
IFS= read -r mfx_v || exit 125
case $1 in
*/*) [ -e "$1" ] ;;
*) (PATH=$mfx_path; command -v -- "$1") >/dev/null 2>&1 ;;
esac || { mark absent; mark absent >&2; exit 127; }
case $1 in
*/*) [ -x "$1" ] && [ ! -d "$1" ] || { mark denied; mark denied >&2; exit 126; } ;;
esac
# What lies where artifacts are looked for, so that the program's files are told from the image's.
[ "$mfx_list" = list ] && (
  mfx_v=$(pwd); mfx_v=${mfx_v%/}
  for mfx_v in "$mfx_v"/* "$mfx_v"/.[!.]* "$mfx_v"/..?* /tmp/* /tmp/.[!.]* /tmp/..?*; do printf '%s\0' "$mfx_v"; done
) >$mfx_d/before
# Another runner may have closed the gate: one of us comes first.
(set -C; : >$mfx_d/go) 2>/dev/null && mv $mfx_d/gate $mfx_d/begun || exit 125
: >$mfx_d/out; : >$mfx_d/err
mark start; mark start >&2
# What this shell says itself (of a program that was killed, for instance) is nobody's output.
exec 3>&2 2>/dev/null
# A program may signal all that it can reach, its group for instance. That is no affair of those who write its output down.
mfx_s='HUP QUIT USR1 USR2 ALRM TSTP'
(trap '' $mfx_s TERM INT; exec tee $mfx_d/out <$mfx_d/o 3>&-) & mfx_to=$!
(trap '' $mfx_s TERM INT; exec tee $mfx_d/err <$mfx_d/e >&3 3>&-) & mfx_te=$!
trap : $mfx_s
# The program leads a group of its own, by setsid or where the shell makes one without a terminal (bash does, dash does not).
mfx_g=$(command -v setsid) || { (set -m) && set -m; }
(
  # env takes a program with a = in its path for a variable: another one begins it.
  case $1 in
  *=*) if [ "$mfx_g" ]; then set -- "$mfx_g" "$@"; mfx_g=; else set -- nice -n 0 "$@"; fi ;;
  esac
  # A shell's background processes ignore INT and QUIT, and no trap of it changes that; the env of GNU does.
  mfx_e=$(command -v env) && "$mfx_e" --default-signal=INT,QUIT true >/dev/null 2>&1 &&
    set -- "$mfx_e" --default-signal=INT,QUIT "$@"
  # Variables as the container was given them, one a line; a line break in one of them stands as a byte that is in no text. What a shell
  # puts there by itself is not the program's. Those that no shell can write, or which it would act on (they are called mfx_is_NAME), come
  # from env: nobody else has them among its arguments, and that is gone at once.
  [ "$mfx_env" = - ] || mfx_e=$(command -v $mfx_env) || mfx_e=$mfx_env
  mfx_b=$(printf '\377') mfx_x=
  unset PWD OLDPWD SHLVL
  # By a fifo, for a here-document of more than 64 KiB is a file in /tmp for some shells, where they may not write.
  tr '\n\000' '\377\n' >$mfx_d/v </proc/$$/environ 2>/dev/null & mfx_w=$!
  while IFS= read -r mfx_v; do
    case ${mfx_v%%=*} in
    PWD|OLDPWD|SHLVL|mfx_is_*|*[-.]*) ;;
    *) continue ;;
    esac
    case $mfx_v in
    *"$mfx_b"*) mfx_v=$(printf '%s.' "$mfx_v" | tr '\377' '\n'); mfx_v=${mfx_v%.} ;;
    esac
    case $mfx_v in
    PWD=*|OLDPWD=*|SHLVL=*) export "$mfx_v" ;;
    mfx_is_*) unset "${mfx_v%%=*}"; set -- "${mfx_v#mfx_is_}" "$@"; mfx_x=-- ;;
    *) [ "$mfx_e" ] && { set -- "$mfx_v" "$@"; mfx_x=--; } ;;
    esac
  done <$mfx_d/v
  # It is not to be a child of the program's.
  wait $mfx_w
  [ $mfx_x ] && set -- "$mfx_e" $mfx_x "$@"
  [ "$mfx_g" ] && set -- "$mfx_g" "$@"
  PATH=$mfx_path
  exec "$@"
) </dev/null >$mfx_d/o 2>$mfx_d/e 3>&- & c=$!
[ "$mfx_g" ] || { (set -m) && set +m; }
echo $c >$mfx_d/pid
# Whoever ends the pod tells this process, and nobody else does.
t=; trap 't=:told; kill -TERM $c 2>/dev/null' TERM INT
wait $c; rc=$?
while kill -0 $c 2>/dev/null; do wait $c; rc=$?; done
told=$t
# Not every image has grep.
seen() {
  [ "$(tail -c 23 $1)" = "$(mark late)" ] && return
  if command -v grep >/dev/null; then grep -q "$mfx_n:late" $1; return; fi
  case "$(tail -c 60000 $1)" in *$mfx_n:late*) return 0 ;; esac
  return 1
}
late() {
  # By the descriptors of the tee as well: the program may have removed both names.
  mark late >/proc/$3/fd/0 || mark late >$mfx_d/$1; i=0
  until seen $mfx_d/$2 || seen /proc/$3/fd/3 || [ $i -gt 600 ]; do sleep 0.2 || sleep 1; i=$((i+1)); done
  kill -9 $3
}
(sleep 1; : >$mfx_d/late; late o out $mfx_to & late e err $mfx_te & wait) </dev/null >/dev/null 3>&- & w=$!
ended() { wait $1; r=$?; while kill -0 $1 2>/dev/null; do wait $1; r=$?; done; }
ended $mfx_to; ro=$r; ended $mfx_te; re=$r
kill $w 2>/dev/null
sum=; command -v cksum >/dev/null && sum=cksum || { command -v crc32 >/dev/null && sum=crc32; }
# Bytes of a record, in s, and the checksum of all that is in it, in k; in cut whether it lacks what its writer did not write, which
# ended with $2: somebody killed it, the disk was full, or the file is gone.
size() {
  k=- cut=
  [ -e $1 ] || { : >$1; cut=:cut; }
  case $sum in
  cksum) k=$(cksum <$1); s=${k#* } ;;
  *) s=$(($(wc -c <$1))); [ $sum ] && k="crc32 $(crc32 <$1) $s" ;;
  esac
  if [ -e $mfx_d/late ] && seen $1; then
    if [ "$(tail -c 23 $1)" = "$(mark late)" ]; then s=$((s-23)); else s=-; fi
  elif [ "$2" != 0 ]; then cut=:cut; fi
}
# A program of another processor ran as a script, with one of a shell's own codes, for that is what shells and C libraries make of
# a file that the system does not take.
foreign=
case $rc in
2|126|127)
  p=$(PATH=$mfx_path; command -v -- "$1") q=/bin/sh; [ ! -e $mfx_d/bin/sh ] || q=$mfx_d/bin/sh
  machine() { tail -c +19 "$1" | head -c 2; }
  if [ "$(head -c 4 "$p")" = "$(printf '\177ELF')" ]; then
    a=$(machine "$p") b=$(machine $q)
    case $a/$b in
    "$b/$b"|"$a/"|"/$b") ;;
    # Those run what is of their smaller sibling: 386, ARM, PowerPC.
    "$(printf '\003/>')"|"$(printf '(/\267')"|"$(printf '\024/\025')") ;;
    *) foreign=:foreign ;;
    esac
  fi ;;
esac
size $mfx_d/out $ro; so=$s ko=$k co=$cut; size $mfx_d/err $re; se=$s ke=$k ce=$cut oom=0
for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r $f ] && while read -r k v; do [ "$k" = oom_kill ] && oom=$v; done <$f
done
echo "$rc:$so:$se:$oom:$ko:$ke$told${co:+:cutout}${ce:+:cuterr}$foreign" >$mfx_d/rc.tmp; mv $mfx_d/rc.tmp $mfx_d/rc
mark "end:$rc:$so:$oom:$ko$told$co$foreign"; mark "end:$rc:$se:$oom:$ke:err$told$ce$foreign" >&3
trap 'exit $rc' TERM INT
i=0; while [ ! -e $mfx_d/done ] && [ $i -lt $mfx_hold ]; do sleep 1 & wait $!; i=$((i+1)); done
exit $rc
