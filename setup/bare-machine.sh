#!/bin/bash
# bare-machine.sh [--user] [--suite SUITE] [--keep] [COMMAND...]
#
# Proves the set-up: makes a throw-away Debian that has nothing but make, git and apt, clones the committed state
# of this checkout into it, runs COMMAND there (default: make test), and removes it all. By hand, as root; no part
# of make test: it downloads a few hundred megabytes and takes some minutes.
#
#   --user         run COMMAND as an ordinary user with sudo, instead of as root
#   --suite SUITE  bookworm (default), trixie, …
#   --keep         leave the tree, and say where
#
# What the new system takes from this host: apt's sources and settings, npm's settings, the certificates. Its
# processes have a PID and a mount namespace of their own; kernel, network and cgroups are the host's.
set -euo pipefail

suite=bookworm user=root keep=no
while [ $# -gt 0 ]; do
    case $1 in
        --user) user=student; shift ;;
        --suite) suite=${2:?--suite needs a name}; shift 2 ;;
        --keep) keep=yes; shift ;;
        --help) sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p}' "$0"; exit 0 ;;
        -*) echo "bare-machine: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || set -- make test

[ "$(id -u)" = 0 ] || { echo 'bare-machine: it mounts and changes root, so run it as root: sudo setup/bare-machine.sh' >&2; exit 1; }
command -v mmdebstrap >/dev/null || { echo 'bare-machine: mmdebstrap is missing; run: apt-get install --no-install-recommends mmdebstrap' >&2; exit 1; }

checkout=$(cd "$(dirname "$0")/.." && pwd)
machine=$(mktemp -d /var/tmp/tare-bare-XXXXXX)
inside=/home/checkout

# Mounts are made in a namespace that ends with its last process, so only files are left to remove.
clean_up() {
    if [ "$keep" = yes ]; then echo "bare-machine: kept in $machine"; else rm -rf --one-file-system "$machine"; fi
}
trap clean_up EXIT

# The host's own mirrors for its own release; for another, whatever mmdebstrap takes by itself.
sources=/etc/apt/sources.list.d/debian.sources
[ "$suite" = "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" ] || sources=
extra=make,git,ca-certificates
[ "$user" = root ] || extra=$extra,sudo
echo "bare-machine: making a $suite in $machine"
settings=()
for file in /etc/apt/apt.conf.d/*artifact* /etc/apt/apt.conf.d/*proxy*; do
    [ -f "$file" ] && settings+=("--aptopt=$file" "--setup-hook=mkdir -p \"\$1/etc/apt/apt.conf.d\" && cp $file \"\$1/etc/apt/apt.conf.d/\"")
done
if [ -f "$sources" ]; then
    mmdebstrap --quiet --variant=minbase --include="$extra" "${settings[@]}" "$suite" "$machine" - <"$sources"
else
    mmdebstrap --quiet --variant=minbase --include="$extra" "${settings[@]}" "$suite" "$machine"
fi

# mmdebstrap takes its own settings away again; certificates are what TLS to this network's registries needs.
cp -a /usr/local/share/ca-certificates/. "$machine/usr/local/share/ca-certificates/" 2>/dev/null || true
cp -aL /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/ca-certificates.crt"
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"

if [ "$user" != root ]; then
    chroot "$machine" useradd --create-home --shell /bin/bash "$user"
    echo "$user ALL=(ALL) NOPASSWD:ALL" >"$machine/etc/sudoers.d/$user"
fi
home=$(chroot "$machine" getent passwd "$user" | cut -d: -f6)
if [ -f ~/.npmrc ]; then
    # Not where this host keeps the headers of Node: the new system has none.
    grep -v '^nodedir=' ~/.npmrc >"$machine$home/.npmrc" || true
fi
git clone --quiet --no-hardlinks "file://$checkout" "$machine$inside"
chroot "$machine" chown -R "$user:" "$inside" "$home"

cat >"$machine/enter" <<'INSIDE'
#!/bin/bash
# Runs in namespaces of its own: makes the tree the root, as a machine has one, and becomes the user.
set -euo pipefail
machine=$1 user=$2 home=$3 inside=$4
shift 4
mount --make-rprivate /
mount --bind "$machine" "$machine"
mount -t proc proc "$machine/proc"
mount --rbind /sys "$machine/sys"
mount --rbind /dev "$machine/dev"
mount -t tmpfs -o mode=755 tmpfs "$machine/run"
mkdir -p "$machine/.before"
cd "$machine"
pivot_root . .before
umount -l /.before
rmdir /.before
cd "$inside"
exec env -i HOME="$home" USER="$user" TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${CERTIFICATES:+NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt} CI=true \
    setpriv --reuid "$user" --regid "$user" --init-groups "$@"
INSIDE
chmod +x "$machine/enter"

echo "bare-machine: as $user: $*"
started=$SECONDS
status=0
CERTIFICATES=${NODE_EXTRA_CA_CERTS:-} unshare --mount --pid --fork --kill-child --ipc \
    "$machine/enter" "$machine" "$user" "$home" "$inside" "$@" </dev/null || status=$?
echo "bare-machine: exit status $status after $((SECONDS - started)) s"
exit "$status"
