# setup.sh
#	  What the scripts of the project share: they find out what is missing and
#	  install it, build a copy of the tree and run a throwaway cluster.
#
# To be sourced.  Nothing outside one temporary directory is written, but for
# the packages that apt installs; the system's clusters are never touched.

set -euo pipefail
umask 022

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
major=${PG:-}

# Neither the caller's PostgreSQL settings nor its make flags or language may
# change what is built or tested.
unset ${!PG*} MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL LANGUAGE
export LC_ALL=C.UTF-8 LANG=C.UTF-8

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# as_admin runs a command as root; it fails if the caller cannot become root.
as_admin()
{
	if [ "$EUID" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		sudo "$@"
	else
		return 126
	fi
}

# as_tester runs a command as the user who owns the work: the caller, but
# postgres where the caller is root, because no server starts as root.
as_tester()
{
	if [ "$EUID" -eq 0 ]; then
		runuser -u postgres -- env HOME="$work" "$@"
	else
		"$@"
	fi
}

have_package()
{
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# apt_update reads the package lists anew, once.
apt_update()
{
	[ -z "${apt_updated:-}" ] || return 0
	say "Reading package lists (apt-get update)"
	as_admin apt-get update -qq >/dev/null || return
	apt_updated=yes
}

# apt_offers tells whether apt knows a package.
apt_offers()
{
	apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

# need_packages installs those of the named packages that are missing, and
# says which.
#
# Debian makes a cluster "main" when a server is first installed; a file in
# createcluster.d holds it back while we install, so that no service appears
# that nobody has asked for.
need_packages()
{
	local package missing=() log failed=
	local conf=/etc/postgresql-common/createcluster.d/lead_temperature.conf

	command -v apt-get >/dev/null ||
		fail "this needs Debian or a system derived from it; elsewhere use make, make install and make installcheck"
	for package; do
		have_package "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	as_admin true ||
		fail "packages are missing; have an administrator run: apt-get install ${missing[*]}"
	apt_update || fail "apt-get update failed"
	say "Installing ${missing[*]}"
	trap "as_admin rm -f $conf" EXIT
	as_admin mkdir -p "${conf%/*}"
	say "create_main_cluster = false" | as_admin tee "$conf" >/dev/null
	log=$(as_admin env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "${missing[@]}" 2>&1) || failed=yes
	as_admin rm -f "$conf"
	as_admin rmdir --ignore-fail-on-non-empty "${conf%/*}"
	trap - EXIT
	[ -z "$failed" ] || fail "apt-get install ${missing[*]} failed: $log"
}

# choose_major sets the PostgreSQL version to work with: the one asked for
# (PG=), else the newest whose server is installed, else the distribution's.
choose_major()
{
	[ -n "$major" ] && return
	major=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sed -n 's|.*/\([0-9]*\)/bin/postgres|\1|p' |
		sort -n | tail -n 1)
	[ -n "$major" ] && return
	command -v apt-cache >/dev/null && ! apt_offers postgresql && { apt_update || true; }
	major=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
	[ -n "$major" ] || fail "no PostgreSQL server is installed and apt offers none"
}

# major_is_native tells whether the chosen version runs on this system itself.
major_is_native()
{
	[ -x "/usr/lib/postgresql/$major/bin/postgres" ] || apt_offers "postgresql-server-dev-$major" ||
		{ apt_update 2>/dev/null && apt_offers "postgresql-server-dev-$major"; }
}

# can_make_chroot tells whether a chroot of another Debian release can be had.
can_make_chroot()
{
	[ "$EUID" -eq 0 ] && unshare --mount --pid --fork true 2>/dev/null &&
		{ have_package debootstrap || apt_offers debootstrap || { apt_update && apt_offers debootstrap; }; }
}

# prepare installs what a build and a server need, and more packages if named;
# it makes the temporary directory $work, which is gone when the script ends.
prepare()
{
	need_packages "postgresql-$major" "postgresql-server-dev-$major" gcc libc6-dev liblinear-dev make "$@"
	PATH=/usr/lib/postgresql/$major/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
	work=/tmp
	work=$(as_tester mktemp -d /tmp/lead_temperature.XXXXXX)
	trap 'clean_up' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	cd "$work"
}

# clean_up stops every server that still runs in $work and removes it.
clean_up()
{
	local pid_file

	cd /
	find "$work" -name postmaster.pid 2>/dev/null | while read -r pid_file; do
		as_tester pg_ctl -s -D "${pid_file%/*}" -m immediate stop || true
	done
	rm -rf "$work"
}

# list_sources prints the names of the files of the tree, each ended by NUL:
# all that git knows or would add, without git all but products of a build.
list_sources()
{
	local git=(git -c safe.directory=* -C "$tree") file

	cd "$tree"
	if [ "$("${git[@]}" rev-parse --show-toplevel 2>/dev/null)" = "$tree" ]; then
		"${git[@]}" ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done
	else
		find . \( -name .git -o -name build -o -name results -o -name output_iso -o -name tmp_check \) -prune \
			-o -type f ! -name '*.o' ! -name '*.bc' ! -name '*.so' -print0
	fi
}

# copy_tree copies the tree, changes not yet committed included, to $work/tree.
copy_tree()
{
	as_tester mkdir "$work/tree"
	(list_sources) | tar -C "$tree" --null --verbatim-files-from -T - -cf - |
		as_tester tar -C "$work/tree" -xf -
}

# make_copy runs make in the copy of the tree.
make_copy()
{
	as_tester make -s -C "$work/tree" PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" "$@"
}

# build compiles the copy and installs it below $work/root.
build()
{
	make_copy -j"$(nproc)" "$@"
	make_copy install DESTDIR="$work/root" "$@" >/dev/null
}

# server_settings prints what makes a server find the extension below
# $work/root.
server_settings()
{
	if [ "$major" -ge 18 ]; then
		say "extension_control_path = '$work/root/usr/share/postgresql/$major:\$system'"
		say "dynamic_library_path = '$work/root/usr/lib/postgresql/$major/lib:\$libdir'"
	else
		say "extension_destdir = '$work/root'"
	fi
}

# start_cluster starts a throwaway cluster that listens on a socket in $work
# alone and becomes the default of all clients.
start_cluster()
{
	as_tester initdb -D "$work/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$work/initdb.log" ||
		fail "initdb failed: $(cat "$work/initdb.log")"
	{
		server_settings
		say "listen_addresses = ''"
		say "unix_socket_directories = '$work'"
		say "fsync = off"
		printf '%s\n' "$@"
	} | as_tester tee -a "$work/data/postgresql.conf" >/dev/null
	as_tester pg_ctl -s -w -D "$work/data" -l "$work/server.log" start ||
		fail "the server did not start: $(cat "$work/server.log")"
	export PGHOST=$work PGUSER=postgres PGPORT=5432
}
