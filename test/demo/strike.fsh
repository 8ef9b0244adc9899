# SPDX-License-Identifier: Apache-2.0
# strike.fsh NUMBER KIND COUNT SEED: orders one attack, waits for the guest's next life, and compares what that may touch
# with what the first might (/demo/before). Status 1 and a line that says why: it did not come back, or not as it was.
# Keeps in /demo/commands how many commands the shell ran meanwhile, in /demo/life the number of the guest's life.
read commands < /demo/commands
read old < /demo/life
echo "$1 $2 $3 $4" > /order
tries=0
until grep -q "	guest	waits after order $1\$" /proc/log; do
    [ "$(cat /etc/motd | wc -l)" = 1 ] || { echo "FAILED: files do not answer"; exit 1; }
    commands=$((commands + 3)) tries=$((tries + 1))
    [ $tries -lt 2000 ] || { echo "FAILED: the guest did not come back"; exit 1; }
done
echo $commands > /demo/commands
cut -f 1,3 /proc/tasks | grep '	guest$' | cut -f 1 > /demo/life
read new < /demo/life
[ "$new" -gt "$old" ] || { echo "FAILED: component $new after component $old is no new life"; exit 1; }
fsh /demo/authority.fsh | cat > /demo/after
cmp -s /demo/before /demo/after || {
    echo "FAILED: the authority of component $new is not that of the first; lines that only one of them has:"
    sort /demo/before /demo/after | uniq -u
    exit 1
}
