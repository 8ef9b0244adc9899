# SPDX-License-Identifier: Apache-2.0
# Cases about the commands that read /proc, against a made one.
proc=$work/proc
"$bin/mkdir" -p "$proc/caps" "$proc/interfaces"
printf 'pid\tppid\tname\tstate\tprio\tcpu_ns\tcalls\tmemory\tbudget\n1\t0\tinit\tblocked\t10\t1000000\t5\t65536\t1048576\n12\t1\tvfs\trunning\t20\t3000000\t70\t131072\t1048576\n15\t1\tsleep\trunning\t20\t0\t0\t4096\t4096\n16\t1\tsleep\trunning\t20\t0\t0\t4096\t4096\n' > "$proc/tasks"
printf 'kind\tbytes\ntotal\t268435456\nfree\t134217728\n' > "$proc/memory"
printf 'uptime_ns\tidle_ns\tboot_ns\tclock\n3723000000000\t1861500000000\t400000000\tset\n' > "$proc/uptime"
printf 'source\ttarget\ttype\toptions\ttotal\tused\tfiles\tfree_files\nramfs\t/\tramfs\trw\t1048576\t524288\t10\t90\n' > "$proc/mounts"
printf 'time_ns\tseverity\tcomponent\tmessage\n1000\tinfo\tinit\thello\n1500000000\terror\tvfs\tbroken\tpipe\n' > "$proc/log"
printf 'slot\ttype\tobject\trights\tbadge\torigin\n4\tendpoint\tramfs\tc\t7\tmanifest\n' > "$proc/caps/vfs"
printf 'slot\n9\n' > "$proc/caps/sleep.16"
printf 'interface\tmajor\tminor\tmethod\tordinal\tsignature\n' > "$proc/interfaces/init"
printf 'interface\tmajor\tminor\tmethod\tordinal\tsignature\nfs.Files\t1\t0\topen\t0x1234\t(path text) -> (fd u32)\nfs.Files\t1\t0\tclose\t0x99\t(fd u32)\n' > "$proc/interfaces/vfs"
printf 'from\tto\tinterface\trights\nvfs\tramfs\tfs.Files\tc\n' > "$proc/graph"
printf 'component\tlevel\nvfs\tinfo\n' > "$proc/log.levels"
printf 'futura\n' > "$proc/hostname"
: > "$proc/power"
export FUTURA_PROC="$proc"

check ps 0 "pid  ppid  state    prio  memory  name${nl}  1     0  blocked    10   65536  init${nl} 12     1  running    20  131072  vfs" 'ps | head -n 3'
check top 0 "   12    0.0         70    128K running  vfs" 'top -n 1 | head -n 2 | tail -n 1'
check mem 0 "total           256M 100.0%${nl}free            128M  50.0%" 'mem | cut -c 1-27'
check uptime 0 'up 01:02:03, 50% busy' 'uptime'
check df 0 'ramfs ramfs 1024 512 512 50% /' 'df | tail -n 1 | tr -s " "'
check mount 0 'ramfs on / type ramfs (rw)' 'mount'
check log 0 "    0.000001 info     init         hello${nl}    1.500000 error    vfs          broken${tab}pipe" 'log'
check log-severity 0 '1' 'log -s warning | wc -l'
check log-component 0 'hello' 'log init | tr -s " " | cut -d " " -f 5'
check log-last 0 '1' 'log -n 1 | wc -l'
check log-level 0 "vfs${tab}debug" 'log -L vfs debug; head -n 1 $FUTURA_PROC/log.levels'
check log-wrong 2 'log: loud: not a severity; they are debug info notice warning error' 'log -s loud'
check caps 0 "slot  type      object  rights  badge  origin${nl}   4  endpoint  ramfs   c           7  manifest" 'caps vfs'
check caps-number 0 "slot  type      object  rights  badge  origin${nl}   4  endpoint  ramfs   c           7  manifest" 'caps 12'
check caps-doubled 1 'caps: sleep: several components have this name; give a number, as `ps` lists them' 'caps sleep'
check caps-doubled-number 0 "slot${nl}   9" 'caps 16'
check caps-path 1 'caps: ../tasks: there is no component of this name or number; `ps` lists them' 'caps ../tasks'
check caps-missing 1 'caps: nobody: there is no component of this name or number; `ps` lists them' 'caps nobody'
check describe-missing 1 'describe: nobody: there is no component of this name or number; `ps` lists them' 'describe nobody'
check describe-nothing 1 "describe: init: it offers no interfaces${nl}describe: 15: it offers no interfaces" 'describe init; describe 15'
check log-missing 1 'log: nobody: there is no component of this name; `ps` and `log -L` list them' 'log nobody'
check log-level-missing 1 'log: nobody: there is no component of this name; `log -L` lists them' 'log -L nobody debug'
check df-file 0 'ramfs' 'df /bin | tail -n 1 | cut -d " " -f 1'
check df-missing 1 'df: /nosuch: No such file or directory' 'df /nosuch 2>&1 > /dev/null'
check top-rounds 2 'top: 0: ROUNDS must be at least 1' 'top -n 0'
check poweroff-operand 2 'poweroff: now: poweroff takes no operands' 'poweroff now 2>&1 > /dev/null | head -n 1; poweroff now 2> /dev/null'
check kill-nobody 1 'kill: nobody: no component has this number or name' 'kill nobody'
check kill-none 1 'kill: 999999998: No such process' 'kill 999999998'
check describe 0 "interface fs.Files 1.0 {${nl}    open(path text) -> (fd u32)  # 0x1234${nl}    close(fd u32)  # 0x99${nl}}" 'describe vfs'
check graph 0 'vfs   ramfs  fs.Files   c' 'graph | tail -n 1'
check graph-dot 0 '    "vfs" -> "ramfs" [label="fs.Files"];' 'graph -d | head -n 2 | tail -n 1'
check hostname 0 'futura' 'hostname'
check poweroff 0 'off' 'poweroff; cat $FUTURA_PROC/power'
check reboot 0 'reboot' 'reboot; cat $FUTURA_PROC/power'
