# SPDX-License-Identifier: Apache-2.0
# others.fsh NAME: NAME.lives, the number of each component's life but the guest's, and NAME.graph, whom each of them may
# reach; the commands that look are none of them.
cut -f 1-3 /proc/tasks | grep '	0	' | grep -v '	guest$' | cat > "$1.lives"
grep -Ev '^(cat|cut|fsh|grep|guest)	' /proc/graph | cut -f 1-3 | cat > "$1.graph"
