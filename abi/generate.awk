# SPDX-License-Identifier: Apache-2.0
# Makes the C and assembly header (-v out=h), the C table of outcomes (-v out=c) or the reference page (-v out=md) of
# abi.tab.
BEGIN { FS = "\t"; errors = 0
  if (out == "h") {
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    print "/* Made by abi/generate.awk from abi/abi.tab: do not edit. Plain defines, for C and assembly. */"
    print "#ifndef FUTURA_ABI_H\n#define FUTURA_ABI_H"
  } else if (out == "c") {
    print "/* SPDX-License-Identifier: Apache-2.0 */"
    print "/* Made by abi/generate.awk from abi/abi.tab: do not edit. Bit n of a set stands for status n. */"
    print "#ifndef FUTURA_OUTCOMES_H\n#define FUTURA_OUTCOMES_H\n"
    print "/* listed: how the call can end; unseen: what no program can reach, by build and processor. */"
    print "struct fut_outcome {\n    const char *name;\n    unsigned listed, unseen_release, unseen_debug;\n    unsigned unseen_aarch64, unseen_x86_64;\n};\n"
    print "/* clang-format off */\nstatic const char *const fut_status_names[] = {"
  } else {
    print "# The nucleus ABI\n\nMade by `abi/generate.awk` from `abi/abi.tab`; a test holds them together."
    print "\nNative calls are `svc #N` (aarch64), N the number. x8 names a capability slot, x0-x7 carry arguments and results,"
    print "x9 a reply token, x10 pending notification bits, x11 the status. x12-x18 and the flags are clobbered."
    print "\nOn x86-64 they are `syscall` with eax = number | slot << 8; x0 to x4 are rdi, rsi, rdx, r10, r8, x9 is r9, the status"
    print "rax. recv, reply_recv and all control calls have x5 to x7 in r13 to r15, x8 in rbx and x10 in r12; the others preserve"
    print "these. rcx, r11 and the flags are clobbered. User addresses end at 0x00007ffffffff000, words 12 to 27 of the saved"
    print "registers are rax, rcx, rdx, rbx, rbp, rsi, rdi, r8 to r15 and the base of gs, and the vector state is XSAVE's."
  } }
/^#/ || NF == 0 { next }
$1 == "section" { section = $2; header = 0
  if (out == "h") printf "\n/* %s */\n", $2; else if (out == "md") printf "\n## %s\n", $2; next }
function fail(text) { printf "abi.tab:%d: %s\n", NR, text > "/dev/stderr"; errors++ }
function bit(name) { if (!(name in value)) fail("unknown status " name); return 2 ^ value[name] }
function define(name, value, doc) { if (out == "h") printf "#define FUT_%-24s %-20s /* %s */\n", name, value, doc }
function head(cols,   n, i, c, line) { if (out == "md" && !header) { n = split(cols, c, "|"); line = "|"
    for (i = 1; i <= n; i++) line = line " " c[i] " |"; print "\n" line; line = "|"; for (i = 1; i <= n; i++) line = line "---|"; print line; header = 1 } }
function seen(kind, value) { if ((kind, value) in used) { printf "abi.tab: %s %s given twice\n", kind, value > "/dev/stderr"; errors++ } used[kind, value] = 1 }
$1 == "const" { define($2, $3, $4); head("name|value|meaning"); if (out == "md") printf "| %s | %s | %s |\n", $2, $3, $4; next }
$1 == "type" { seen("type", $3); define("TYPE_" $2, $3, $4); head("type|number|meaning"); if (out == "md") printf "| %s | %s | %s |\n", $2, $3, $4; next }
$1 == "right" { seen("right" $2, $4); define("RIGHT_" $2 "_" $3, $4, $5); head("type|right|bit|allows"); if (out == "md") printf "| %s | %s | %s | %s |\n", $2, $3, $4, $5; next }
$1 == "status" { seen("status", $3); value[$2] = $3; if (out == "c") printf "    [%d] = \"%s\",\n", $3, $2
  define("S_" $2, $3, $4); head("status|number|meaning"); if (out == "md") printf "| %s | %s | %s |\n", $2, $3, $4; next }
$1 == "frame" { seen("frame", $3); define("FRAME_" $2, $3, $4); head("frame type|number|meaning"); if (out == "md") printf "| %s | %s | %s |\n", $2, $3, $4; next }
$1 == "syscall" { seen("syscall", $2); calls++; number[$3] = $2; define("SYS_" toupper($3), $2, $4); if ($2 > max) max = $2; head("number|call|object and right|arguments|results|bound")
  if (out == "md") printf "| %s | `%s` | %s | %s | %s | %s |\n", $2, $3, $4, $5, $6, $7; next }
$1 == "outcome" { if (!($2 in number)) fail("unknown system call " $2)
  seen("outcome", $2); order[++outcomes] = $2; n = split($3, part, " "); head("call|statuses")
  for (i = 1; i <= n; i++) { seen("outcome" $2, part[i]); listed[$2] += bit(part[i]) }
  if (out == "md") printf "| `%s` | %s |\n", $2, $3; next }
$1 == "unseen" { seen("unseen" $2 $4, $3); head("call|status|builds|reason"); if (!(("outcome" $2, $3) in used)) fail("not an outcome of " $2 ": " $3)
  if ($4 == "all" || $4 == "release") release[$2] += bit($3); if ($4 == "all" || $4 == "debug") debug[$2] += bit($3)
  if ($4 == "aarch64") aarch64[$2] += bit($3); if ($4 == "x86_64") x86_64[$2] += bit($3)
  if ($4 !~ /^(all|release|debug|aarch64|x86_64)$/) fail("unknown kind of build " $4)
  if (out == "md") printf "| `%s` | %s | %s | %s |\n", $2, $3, $4, $5; next }
$1 == "field" { define("OFF_" toupper($2) "_" toupper($3), $4, $5); head("record|field|offset|meaning"); if (out == "md") printf "| %s | %s | %s | %s |\n", $2, $3, $4, $5; next }
$1 == "size" { define("SIZE_" toupper($2), $3, "bytes of a record"); if (out == "md") printf "| %s | (size) | %s | bytes of a record |\n", $2, $3; next }
{ printf "abi.tab:%d: unknown row '%s'\n", NR, $1 > "/dev/stderr"; errors++ }
END { if (outcomes != calls) fail("a system call has no outcomes")
  if (out == "c") { printf "};\n\n/* By number of the call. */\nstatic const struct fut_outcome fut_outcomes[] = {\n"
    for (i = 1; i <= outcomes; i++) { c = order[i]; printf "    [%d] = {\"%s\", 0x%x, 0x%x, 0x%x, 0x%x, 0x%x},\n", number[c], c, listed[c], release[c], debug[c], aarch64[c], x86_64[c] }
    print "};\n/* clang-format on */\n\n#endif" }
  if (out == "h") { printf "\n#define FUT_SYS_MAX %d\n\n#endif\n", max } exit errors != 0 }
