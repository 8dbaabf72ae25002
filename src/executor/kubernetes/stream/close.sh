d=/.multiflexi v=
(set -C; echo closed >$d/go) 2>/dev/null
read -r v 2>/dev/null <$d/go
[ "$v" = closed ] && echo closed || echo open
