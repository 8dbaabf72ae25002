# shellcheck shell=bash disable=SC2154,SC2016
# Sourced by `cluster`: where users have their charts and images, on 127.0.0.1 with a certificate of an authority of its own.
#   registry  Debian's docker-registry; everything asks for the account `tester` and the password in registry/password
#   charts    a static chart repository (`charts` in this folder); what lies below private/ asks for the same account
# The node trusts the authority, registry/ca.crt; nobody else does.

registry=$home/registry
registry_host=127.0.0.1:$registry_port
charts_url=https://127.0.0.1:$charts_port

# An authority, and a certificate by it for both.
make_certificates() {
  local name=$registry/server
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=mfx test authority" -keyout "$registry/ca.key" -out "$registry/ca.crt"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=mfx test registry" -keyout "$name.key" -out "$name.csr"
  openssl x509 -req -days 30 -in "$name.csr" -CA "$registry/ca.crt" -CAkey "$registry/ca.key" -CAcreateserial -out "$name.crt" \
    -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost")
}

write_registry() {
  local hosts=$data/certs.d/$registry_host
  rm -rf "$registry"
  mkdir -p "$registry"/{images,charts} "$hosts"
  make_certificates 2>"$log/openssl.log" || { tail -3 "$log/openssl.log" >&2; die "no certificate could be made for the registry"; }
  echo "$registry_host" >"$registry/host"
  echo "$charts_url" >"$registry/charts-url"
  (umask 077; openssl rand -hex 16 >"$registry/password")
  # The registry wants bcrypt, which crypt(3) has had since Debian 11.
  perl -e 'chomp(my $password = <STDIN>); print "tester:", crypt($password, "\$2y\$05\$$ARGV[0]"), "\n"' "$(openssl rand -hex 11)" \
    <"$registry/password" >"$registry/htpasswd"
  cat >"$registry/config.yml" <<E
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: "$registry/images"}}
auth: {htpasswd: {realm: tests, path: "$registry/htpasswd"}}
http: {addr: "$registry_host", tls: {certificate: "$registry/server.crt", key: "$registry/server.key"}}
E
  # containerd 1.6 wants a host, and asks the server once more, without the host's authority, for what the host does not have.
  cat >"$hosts/hosts.toml" <<E
server = "https://$registry_host"
ca = "$registry/ca.crt"
[host."https://$registry_host"]
  capabilities = ["pull", "resolve", "push"]
  ca = "$registry/ca.crt"
E
  [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID" "$registry"
}

registry_ready() { (exec 3<>"/dev/tcp/127.0.0.1/$registry_port" && exec 3<>"/dev/tcp/127.0.0.1/$charts_port"); }

start_registry() {
  start registry docker-registry serve "$registry/config.yml"
  start charts python3 "$here/charts" "$charts_port" "$registry"
  wait_for 30 "the registry" registry_ready
}

# Makes an image of busybox and puts it into the registry. Prints its name with the digest.
cmd_push() {
  local name=$1 ref=$registry_host/$1 tmp; tmp=$(mktemp -d)
  busybox_tree "$tmp/tree"
  # One of its own: what came with a Secret the kubelet of 1.35 and later gives to nobody without it, under no name.
  cmd_image "$ref" "$tmp/tree" "{\"Labels\":{\"name\":\"$name\"},\"Env\":[\"PATH=/bin\"]}"
  in_containerd images push --hosts-dir "$data/certs.d" --user "tester:$(cat "$registry/password")" "$ref" >/dev/null
  in_containerd images ls "name==$ref" | awk -v name="${ref%:*}" 'NR == 2 {print name "@" $3}'
  in_containerd images rm "$ref" >/dev/null
  rm -rf "$tmp"
}
