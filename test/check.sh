#!/usr/bin/env bash
# check.sh
#	  make check: builds a copy of the tree with warnings as errors and runs
#	  the unit, regression, isolation and TAP tests on a throwaway cluster.
#
# PG=17 asks for another major version of PostgreSQL; one that this system
# does not offer runs in a chroot of the Debian release that does.

. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

passed=0
failed=0

# run_suite runs a suite of so many tests (0: as many as report themselves)
# and counts what came of it.  Only a line that says so makes a test passed;
# whatever did not report, and a suite that fails for no test of its own,
# counts as failed.
run_suite()
{
	local name=$1 expected=$2 status=0 ok not_ok
	local log=$work/$name.log
	shift 2

	say "--- $name"
	"$@" 2>&1 | tee "$log" | sed -u '/^ok [0-9]* - /d; /^1\.\.[0-9]*$/d' || status=1
	# what pg_regress of 15, and what TAP calls a test passed
	ok=$(grep -cE '^(test|  +).* \.\.\. ok( |$)|^ok +[0-9]' <(grep -viE '# *skip' "$log")) || true
	not_ok=$(grep -cE '^(test|  +).* \.\.\. FAILED|^not ok +[0-9]' <(grep -viE '# *todo' "$log")) || true
	if [ $((ok + not_ok)) -lt "$expected" ]; then
		not_ok=$((expected - ok))
	fi
	if [ "$status" -ne 0 ] && [ "$not_ok" -eq 0 ]; then
		not_ok=1
	fi
	passed=$((passed + ok))
	failed=$((failed + not_ok))
	suite_failed=$not_ok
}

# show_files prints files, each under its name.
show_files()
{
	local file

	for file; do
		[ ! -s "$file" ] || { say "=== ${file#"$work"/tree/}"; cat "$file"; }
	done
}

# count_files counts its arguments that exist.
count_files()
{
	local file n=0

	for file; do
		[ ! -e "$file" ] || n=$((n + 1))
	done
	say "$n"
}

choose_major
if ! major_is_native; then
	exec "$tree/test/chroot.sh" "$major"
fi
optional=()
! apt_offers python3-psycopg || optional=(python3-psycopg)
prepare libipc-run-perl python3 "${optional[@]}"
say "PostgreSQL $(pg_config --version | cut -d' ' -f2), as user $(as_tester id -un), in $work"

copy_tree
say "--- build"
if ! build WERROR=-Werror; then
	say "the build failed"
	say "0 passed, 1 failed"
	exit 1
fi

src=$work/tree
# unit runs the tests of the plain C parts one by one and reports each as TAP.
unit()
{
	local test n=0 status=0

	for test in $unit_tests; do
		n=$((n + 1))
		if make_copy -C test/unit "$test"; then
			say "ok $n - $test"
		else
			say "not ok $n - $test"
			status=1
		fi
	done
	return $status
}

if [ -e "$src/test/unit/Makefile" ]; then
	unit_tests="tables canary architecture $(cd "$src/test/unit" && printf '%s\n' *_test.c | sed 's/\.c$//')"
	run_suite unit "$(wc -w <<<"$unit_tests")" unit
fi

start_cluster
server_settings | as_tester tee "$work/tap.conf" >/dev/null
export TEMP_CONFIG=$work/tap.conf

tests=$(count_files "$src"/sql/*.sql)
if [ "$tests" -gt 0 ]; then
	run_suite regression "$tests" make_copy installcheck ISOLATION= TAP_TESTS=
	[ "$suite_failed" -eq 0 ] || show_files "$src/regression.diffs"
fi

tests=$(count_files "$src"/test/isolation/specs/*.spec)
if [ ! -x "$(dirname "$(pg_config --pgxs)")/../../src/test/isolation/pg_isolation_regress" ]; then
	say "--- isolation: left out, since this PostgreSQL comes without its tester"
elif [ "$tests" -gt 0 ]; then
	run_suite isolation "$tests" make_copy installcheck REGRESS= TAP_TESTS=
	[ "$suite_failed" -eq 0 ] || show_files "$src"/output_iso/regression.diffs
fi

tests=$(count_files "$src"/test/t/*.pl)
if [ "$tests" -gt 0 ]; then
	run_suite TAP 0 make_copy installcheck REGRESS= ISOLATION= PROVE_FLAGS=--verbose
	sed -n 's|^test/t/\([^ ]*\)\.pl *(Wstat.*|\1|p' "$work/TAP.log" | while read -r name; do
		show_files "$src/tmp_check/log/regress_log_$name"
	done
fi

[ "$passed" -gt 0 ] || failed=$((failed + 1))
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
