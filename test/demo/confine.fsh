# SPDX-License-Identifier: Apache-2.0
# confine.fsh: the demonstration, run by the system's shell. Every number is one that the running system reports. Status 1,
# after a line with FAILED: something was not as it is told here.
accesses=16
mkdir -p /demo
echo 0 > /demo/commands
echo 0 0 > /demo/sums
echo 0 none 0 0 > /order
tries=0
until grep -q '	guest	waits after order 0$' /proc/log && [ -s /witness ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "FAILED: guest and witness did not start, or the log does not say so"; exit 1; }
    sleep 0.05
done
cut -f 1,3 /proc/tasks | grep '	guest$' | cut -f 1 > /demo/life
read first < /demo/life
fsh /demo/authority.fsh | cat > /demo/before
fsh /demo/others.fsh /demo/others-before
read readings longest < /witness

echo "== 1. A component and its authority"
echo "   The manifest gives guest 2 MiB of memory, one thread, files from vfs and the timer. Now it is component $first:"
echo
caps guest
echo
echo "== 2. Attack: random system calls on every slot, with random arguments"
fsh /demo/attack.fsh 1 calls 100000 7 || exit 1
echo
echo "== 3. Its death by an access outside its memory: component, cause, address, registers, from the log"
log init | tail -n 10 | head -n 9 | cut -c 36-
echo
echo "== 4. Its restart, by its policy: restart always max 200 in 10s backoff 0ms"
log init | tail -n 1 | cut -c 36-
read life < /demo/life
echo "   component $first is gone; guest is component $life now. What it may touch: as before, line by line."
echo
echo "== 5. Attack: forged handles, none of which it was ever given"
fsh /demo/attack.fsh 2 forge 1000 11 || exit 1
echo
echo "== 6. Attack: more memory than its budget"
fsh /demo/attack.fsh 3 memory 1000 13 || exit 1
echo
echo "== 7. Attack: wild accesses, one a life"
order=3
while [ $order -lt $((3 + accesses)) ]; do
    order=$((order + 1))
    fsh /demo/strike.fsh $order access 1 $order || exit 1
done
cut -f 3,4 /proc/log | grep -c '^init	guest: .* pc 0x' > /demo/deaths
read deaths < /demo/deaths
[ "$deaths" -eq "$order" ] || { echo "FAILED: $order orders, and $deaths deaths by a fault"; exit 1; }
cut -f 3,4 /proc/log | grep '^init	guest: .* pc 0x' | tail -n $accesses | cut -f 2 | cut -d , -f 1 | sort | uniq -c
echo "   each ended the life that made it"
echo
echo "== 8. Its authority after $deaths deaths, in its life as component $(cat /demo/life)"
echo
caps guest
fsh /demo/authority.fsh | cat > /demo/after
if ! cmp -s /demo/before /demo/after; then
    echo "FAILED: its authority has changed"
    exit 1
fi
echo
echo "   Compared after each of the $deaths restarts (slots, types, objects, rights, origins, edges of the graph;"
echo "   badges tell lives apart): $(wc -l < /demo/after) lines, no difference."
echo
echo "== 9. Everybody else, meanwhile"
fsh /demo/others.fsh /demo/others-after
cmp /demo/others-before.graph /demo/others-after.graph || { echo "FAILED: other authority has changed"; exit 1; }
cmp /demo/others-before.lives /demo/others-after.lives || { echo "FAILED: another component was restarted"; exit 1; }
read commands < /demo/commands
read readings_now longest_now < /witness
[ $readings_now -gt $readings ] || { echo "FAILED: witness read nothing"; exit 1; }
echo "   shell: ran $commands commands while the attacks went on"
echo "   witness: $((readings_now - readings)) readings of a file and sleeps by the timer, none failed; the longest took"
echo "     $longest_now ms, with guest and the shell at its own priority"
echo "   the other $(wc -l < /demo/others-after.lives) components are in the lives that they were in; whom they may reach has not changed"
echo
read attempts refused < /demo/sums
echo "CONFINED: $attempts attempts, $refused refused, the others within its own authority; $accesses lives"
echo "spent on wild accesses; $deaths deaths, $deaths restarts, authority unchanged."
