#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shell and its commands from outside: scripts.sh FOLDER_WITH_PROGRAMS
# A case is: check NAME STATUS OUTPUT SCRIPT. Scripts run in an empty folder, stderr joins stdout.
set -u
bin=$(cd "$1" && pwd) || exit 2
work=$(mktemp -d) || exit 2
remove=$(command -v rm)
trap '"$remove" -rf "$work"' EXIT INT TERM
passed=0 failed=0
export PATH="$bin" TZ=UTC0 FSH="$bin/fsh"
unset IFS HISTFILE
# A command returns its memory by ending; the unit tests look for leaks of the shell.
export ASAN_OPTIONS="detect_leaks=${FSH_LEAKS:-0}"
tab=$(printf '\t')

check() {
    folder=$work/$passed.$failed
    "$bin/mkdir" "$folder"
    actual=$(cd "$folder" && "$bin/fsh" -c "$4" fsh one 'two words' 2>&1 < /dev/null)
    status=$?
    if [ "$status" = "$2" ] && [ "$actual" = "$3" ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    printf 'FAILED %s: status %s (expected %s)\n--- script\n%s\n--- expected\n%s\n--- actual\n%s\n' \
        "$1" "$status" "$2" "$4" "$3" "$actual"
}

here=${0%/*}
here=$(cd "$here" 2> /dev/null && pwd)
. "$here/cases_shell.sh"
. "$here/cases_tools.sh"
. "$here/cases_system.sh"

# Every command explains itself.
for file in "$bin"/*; do
    name=${file##*/}
    [ "$name" = fsh ] || check "help $name" 0 "usage: $name" "help $name | head -n 1 | cut -d ' ' -f 1-2"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
