#!/usr/bin/env bash
# chroot.sh
#	  make check for a major version of PostgreSQL that this system does not
#	  offer: the same script in a chroot of the Debian release that does.
#
# The chroot stays in /var/cache/lead_temperature for the next time.

. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

major=${1:?usage: chroot.sh MAJOR}
case $major in
	15) release=bookworm ;;
	17) release=trixie ;;
	*) fail "no Debian release comes with PostgreSQL $major" ;;
esac
root=/var/cache/lead_temperature/$release

[ "$EUID" -eq 0 ] || fail "PostgreSQL $major runs in a chroot here, and only root can make one"
can_make_chroot || fail "PostgreSQL $major runs in a chroot here, and this system allows none"

# mirror prints where this system's apt gets Debian from.
mirror()
{
	local uri

	uri=$(apt-get indextargets --format '$(REPO_URI)' "Codename: ${VERSION_CODENAME:-}" "Created-By: Packages" |
		head -n 1)
	say "${uri:-http://deb.debian.org/debian}"
}

# make_root unpacks the release; it appears under its name when it is whole.
make_root()
{
	say "Making a chroot of Debian $release in $root"
	rm -rf "$root.new"
	mkdir -p "${root%/*}"
	. /etc/os-release
	[ "${ID:-}" = debian ] || VERSION_CODENAME=none
	debootstrap --variant=minbase "$release" "$root.new" "$(mirror)" >"$root.log" 2>&1 || {
		cat "$root.log" >&2
		fail "debootstrap $release failed"
	}
	# Packages may start no service in there.
	printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
	chmod +x "$root.new/usr/sbin/policy-rc.d"
	apt-config dump | grep -iE '^Acquire::https?::Proxy' >"$root.new/etc/apt/apt.conf.d/80proxy" || true
	rm -f "$root.log"
	mv "$root.new" "$root"
}

need_packages debootstrap
mkdir -p "${root%/*}"
exec 9>"$root.lock"
flock 9
[ -d "$root" ] || make_root
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true

# Mounts and processes in there end with this command, however it ends.
rm -rf "$root/tree" "$root"/tmp/*
mkdir "$root/tree"
(list_sources) | tar -C "$tree" --null --verbatim-files-from -T - -cf - | tar -C "$root/tree" --no-same-owner -xf -
unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" \
	/usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PG="$major" /tree/test/check.sh
