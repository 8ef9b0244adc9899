#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a hostile program can do: nothing to anybody else. Boots the system, runs the attack, shows the authority before
# and after.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
echo "A program that makes 100,000 random system calls on everything it holds, then touches memory that is not its own."
exec "$root/futura" run -c '
cat /proc/graph > /before
echo "-- the attack: random system calls"; /test/attack calls 100000 7; echo "ended with status $?"
echo "-- the attack: wild accesses"; for i in 1 2 3 4 5; do /test/attack wild $i; echo "ended with status $?"; done
echo "-- the system still answers"; cat /etc/motd; ps | head -n 5
cat /proc/graph > /after
if cmp /before /after; then echo "-- authority: unchanged ($(wc -l < /after) edges)"; else echo "-- AUTHORITY CHANGED"; exit 1; fi'
