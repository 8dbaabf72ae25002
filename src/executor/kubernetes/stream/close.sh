d=/.multiflexi v=
# A program that was let go may have removed what says so.
[ -e $d/gate ] || { echo open; exit; }
(set -C; echo closed >$d/go) 2>/dev/null
read -r v 2>/dev/null <$d/go
[ "$v" = closed ] && echo closed || echo open
