#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Refuses a server that would touch vector registers: check-vectors.sh OBJDUMP PROGRAM
# Servers' threads own no vector state, so the first such instruction would be a fault at run time.
set -eu
objdump=$1 program=$2
"$objdump" -d --no-show-raw-insn "$program" | awk '
    /^[0-9a-f]+ <.*>:$/ {
        name = $2
        gsub(/[<>:]/, "", name)
        next
    }
    {
        text = $0
        sub(/^[^:]*:[ \t]*/, "", text)
        sub(/[ \t]*(\/\/|<).*$/, "", text)
        if (text ~ /[ \t,{\[]([qvdsbh]([0-9]|[12][0-9]|3[01])|[xyz]mm[0-9]+)([ .,}\[]|$)/ || text ~ /%([xyz]?mm[0-9]|st)([^a-z]|$)/ || text ~ /^(f|fn)(ld|st|ild|ist|ninit|xch)/)
            if (!(name in seen)) {
                seen[name] = 1
                list = list "\n    " name ": " text
            }
    }
    END {
        if (list != "") {
            print "vector registers are used by:" list > "/dev/stderr"
            print "Avoid floating point and the scanf family, or say FLOAT in futura_server()." > "/dev/stderr"
            exit 1
        }
    }'
