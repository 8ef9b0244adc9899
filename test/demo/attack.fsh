# SPDX-License-Identifier: Apache-2.0
# attack.fsh NUMBER KIND COUNT SEED: strike.fsh, and what the guest reported of it: printed, and added to /demo/sums
# (attempts, refused). Status 1: the strike failed, or one attempt that had to be refused was not.
fsh /demo/strike.fsh "$1" "$2" "$3" "$4" || exit 1
grep "	guest	$2: " /proc/log | tail -n 1 | cut -f 4 > /demo/report
read report < /demo/report
attempts=${report#*attempts=} refused=${report#*refused=}
attempts=${attempts%% *} refused=${refused%%:*}
echo "   refused: $refused of $attempts"
echo "  ${report#*refused=$refused:}"
[ "$2" = calls ] || [ "$attempts" = "$refused" ] || {
    echo "FAILED: $((attempts - refused)) attempts were not refused"
    exit 1
}
read a r < /demo/sums
echo "$((a + attempts)) $((r + refused))" > /demo/sums
