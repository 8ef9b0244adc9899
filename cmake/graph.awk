# SPDX-License-Identifier: Apache-2.0
# Draws a system manifest (platform/BOARD/BOARD.sys) as Graphviz text: components, who uses whose
# interface, and who holds which device. Critical components have a double border.
{
    sub(/\/\/.*/, "")
    text = text " " $0
}
function emit(name, label, attributes) { printf "    \"%s\" [label=\"%s\"%s];\n", name, label, attributes }
function item(line,    n, w, from, dev) {
    gsub(/^[ \t]+|[ \t]+$/, "", line)
    n = split(line, w, /[ \t:]+/)
    if (w[1] == "optional" || w[1] == "late") {
        style = w[1] == "late" ? ", style=dashed" : ", style=dotted"
        sub(/^[a-z]+[ \t]+/, "", line)
        n = split(line, w, /[ \t:]+/)
    } else {
        style = ""
    }
    if (w[1] == "uses") {
        split(w[5], from, ".")
        printf "    \"%s\" -> \"%s\" [label=\"%s\"%s];\n", component, from[1], w[3], style
    } else if (w[1] == "critical") {
        emit(component, component, ", peripheries=2")
    }
}
END {
    print "digraph futura {"
    print "    rankdir=LR; node [shape=box, fontname=sans]; edge [fontname=sans, fontsize=10];"
    while (match(text, /component[ \t]+[a-z][a-z0-9_]*[ \t]*\{/)) {
        head = substr(text, RSTART, RLENGTH)
        split(head, h, /[ \t{]+/)
        component = h[2]
        emit(component, component, "")
        text = substr(text, RSTART + RLENGTH)
        depth = 1
        line = ""
        for (i = 1; depth > 0 && i <= length(text); i++) {
            c = substr(text, i, 1)
            if (c == "{") { # a device: its head is the line so far
                depth++
                if (match(line, /device[ \t]+"[^"]*"/)) {
                    dev = substr(line, RSTART, RLENGTH)
                    gsub(/^device[ \t]+"|"$/, "", dev)
                    emit("dev:" dev, dev, ", shape=ellipse")
                    printf "    \"%s\" -> \"dev:%s\" [style=bold];\n", component, dev
                }
                line = ""
            } else if (c == "}") {
                depth--
                line = ""
            } else if (c == ";") {
                if (depth == 1) item(line)
                line = ""
            } else {
                line = line c
            }
        }
        text = substr(text, i)
    }
    print "}"
}
