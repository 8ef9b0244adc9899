#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kvm.sh NUCLEUS ARCHIVE: whether this machine's KVM can run the board; otherwise status 1 and why, in one line.
#
# A virtual machine may offer KVM and emulate ring 0 in software, so slowly that nothing comes of it. So the system is
# booted, with a limit that is many times what a processor needs. One that ends by itself ran: then it is for the tests to
# say what is wrong with it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
device=${FUTURA_KVM_DEVICE:-/dev/kvm} seconds=${FUTURA_KVM_SECONDS:-8}
# shellcheck source=/dev/null
. "$here/qemu.conf"

[ -e "$device" ] || { echo "there is no $device"; exit 1; }
[ -r "$device" ] && [ -w "$device" ] || { echo "$device may not be used by this user"; exit 1; }
work=$(mktemp -d) pid=
finish() {
    [ -z "$pid" ] || kill "$pid" 2> /dev/null || :
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkfifo "$work/console"
# shellcheck disable=SC2086 # options are split into words on purpose
timeout "$seconds" "$BOARD_QEMU" -M "$BOARD_MACHINE" -accel kvm -cpu "$BOARD_KVM_CPU" -m "$BOARD_MEMORY" $BOARD_OPTIONS \
    -nic none -display none -monitor none -no-reboot -chardev stdio,id=tty,signal=off -serial chardev:tty \
    -kernel "$1" -initrd "$2" < /dev/null > "$work/console" 2> "$work/errors" &
pid=$!
lines=0
while IFS= read -r line; do
    lines=$((lines + 1))
    case $line in *"Welcome to Futura"*) exit 0 ;; esac
done < "$work/console"
status=0
wait "$pid" || status=$?
pid=
if [ "$status" -eq 124 ]; then
    echo "the system does not come to its prompt within $seconds s: ring 0 is emulated"
elif [ "$lines" -eq 0 ]; then
    echo "QEMU says: $(head -n 1 "$work/errors")"
else
    exit 0
fi
exit 1
