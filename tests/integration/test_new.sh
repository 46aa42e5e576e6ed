#!/bin/sh
# What "weft new" writes: built outside the tree with an installed Weft, tested, started and asked; and
# what its build says of mistakes.
# usage: test_new.sh BUILD_FOLDER [postgres]    Prints TAP. "postgres": the library speaks it.
source=$(realpath "$(dirname "$0")/../..")
with_postgres=$source/tests/support/postgres
postgres=${2:-}
. "$(dirname "$0")/installed.sh"
unset DATABASE_URL CLANG
PATH=$prefix/bin:$PATH
log=build/meson-logs/testlog.txt

step "weft new writes a project" weft new hello
cd hello || exit 1
step "Meson takes it" meson setup build -Dwerror=true
step "it builds without a warning" meson compile -C build
step "its tests pass" meson test -C build hello
has_clang() {
    for version in $(seq 30 -1 14); do
        command -v clang || command -v "clang-$version" && return 0
    done
    return 1
} >/dev/null
if has_clang; then
    step "weft check finds nothing" meson test -C build 'weft check'
fi
skips_the_check() {
    PATH=/nowhere "$meson" test -C build --no-rebuild 'weft check' | grep -q 'Skipped: *1' &&
        grep -q 'clang is not installed' $log
}
meson=$(command -v meson)
step "without clang weft check is skipped, and says why" skips_the_check

# ---- running

mkfifo ready
answers() {
    curl -sS --max-time 10 "http://$address/notes" -H 'Content-Type: application/json' -d '{"text":"Weave"}' &&
        curl -sS --max-time 10 "http://$address/notes" | grep -Fx '[{"id":1,"text":"Weave"}]'
}
DATABASE_URL=sqlite:hello.db WEFT_LISTEN=127.0.0.1:0 WEFT_READY_FD=3 build/hello 3>ready 2>hello.log &
server=$!
read -r address <ready
step "it starts on an empty folder and answers" answers
is_ready() {
    test "$(curl -sS --max-time 10 -o /dev/null -w '%{http_code}' "http://$address/readyz")" = 204
}
step "it is ready" is_ready
kill $server
wait $server
step "it stops when told to" test $? -eq 0

# ---- growing

finds_the_migration() {
    weft migrate new add_author && echo 'ALTER TABLE notes ADD COLUMN author TEXT;' >>migrations/0002_add_author.sql &&
        meson compile -C build && grep -q 0002_add_author build/migrations.c
}
step "a new migration is in the next build" finds_the_migration
sanitized() {
    meson setup build-asan -Db_sanitize=address,undefined && meson test -C build-asan hello
}
step "its tests pass with sanitizers" sanitized
step "it is hardened" "$source/scripts/check_hardening" build/hello

# With the source of Weft in its tree all is built as one: other sanitizers need that.
as_subproject() {
    mkdir subprojects && ln -s "$source" subprojects/weft &&
        meson setup build-sub --force-fallback-for=weft -Db_sanitize=thread &&
        ninja -C build-sub -t query hello | grep -q 'subprojects/weft/src/libweft.a'
}
step "Weft may be a subproject" as_subproject

# ---- mistakes

# breaks NAME SCRIPT TEXT COMMAND..: after sed's SCRIPT the command fails, and TEXT is in what it says.
breaks() {
    cp hello.c hello.keep
    sed -i "$1" hello.c
    text=$2
    shift 2
    cmp -s hello.c hello.keep && echo "nothing changed" && return 1
    said=$("$@" 2>&1; echo "[exit $?]"; cat $log)
    mv hello.keep hello.c
    echo "$said"
    case $said in *"[exit 0]"*) return 1 ;; *"$text"*) return 0 ;; esac
    return 1
}
step "a statement of a column that is not there does not build" \
    breaks 's/SELECT id, text FROM notes WHERE id = :id/SELECT id, txt FROM notes WHERE id = :id/' \
    'column "txt" does not exist' meson compile -C build
if has_clang; then
    step "a transaction that stays open fails the tests, by name" breaks \
        's/    TRY(insert_note(state->db,/transaction *tx; TRY(transaction_begin(state->db, NULL, \&tx)); TRY(insert_note(within(tx),/' \
        '`tx` is still open when `create_note` returns' meson test -C build 'weft check'
fi

# ---- on PostgreSQL

cd "$root" || exit 1
step "weft new writes one for PostgreSQL" weft new notes --engine postgres
cd notes || exit 1
needs_no_server() {
    meson setup build -Dwerror=true && meson compile -C build
}
step "it builds without a server" needs_no_server
skips_its_tests() {
    meson test -C build notes && grep 'weft db up' $log
}
step "and skips its tests, and says why" skips_its_tests
tests_and_compares() {
    "$with_postgres" sh -c 'meson test -C build notes && { [ -z "$DATABASE_URL" ] || weft sql check; }'
}
says_that_it_is_away() {
    DATABASE_URL="postgres:///notes?host=$root" build/notes >away.log 2>&1
    test $? -eq 1 && grep "connection to server on socket" away.log
}
if [ -n "$postgres" ]; then
    step "without its database it says why and ends, to be started again" says_that_it_is_away
    step "with a server its tests pass, and .weft/queries is what that says" tests_and_compares
fi
end_of_steps
