# SPDX-License-Identifier: Apache-2.0
# Makes docs/errors.md of abi/errors.tab, abi/include/futura/errors.h and abi/interfaces/*.fi, in this order of arguments.
# Every error has to be explained, and nothing else.
function fail(text) { printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"; errors++ }
function row(name, number, text) {
  if (!(name in why)) { fail(name " is not explained in abi/errors.tab"); return }
  printf "| `%s` | %s | %s | %s | %s |\n", name, number, text, why[name], todo[name]; used[name] = 1 }
BEGIN { FS = "\t"; errors = 0 }
FILENAME ~ /\.tab$/ { if (/^#/ || NF == 0) next
  if (NF != 3) { fail("a row has three columns"); next }
  if ($1 in why) fail($1 " is explained twice")
  why[$1] = $2; todo[$1] = $3; next }
!begun { begun = 1
  print "# Errors\n\nMade by `abi/errors.awk` from `abi/errors.tab`, `abi/include/futura/errors.h` and `abi/interfaces/`; a test holds them"
  print "together.\n\nA command says `NAME: WHAT: TEXT` (what failed, on what, why) and ends with a status that is not 0. What the"
  print "system itself noticed is in the log: `log -s warning`. 1 to 199 are Linux's numbers; 200 to 207 are made by the"
  print "runtime and say whether a call ran, and programs see EIO for them (ESTALE for open files); from 256 they belong to"
  print "the interface that answers.\n\n## Of all interfaces\n\n| name | number | text | why | what to do |\n|---|---|---|---|---|" }
FILENAME ~ /errors\.h$/ { if (match($0, /X\(E[A-Z0-9]+, [0-9]+, ".*"\)/)) {
    line = substr($0, RSTART + 2, RLENGTH - 3); split(line, part, ", "); text = line
    sub(/^[^"]*"/, "", text); sub(/"$/, "", text); row(part[1], part[2], text) } ; next }
/^library / { library = $0; sub(/^library /, "", library); sub(/ .*/, "", library) }
/^interface / { interface = $0; sub(/^interface /, "", interface); sub(/ .*/, "", interface) }
/^    errors \{/ { if (!own) { own = 1
    print "\n## Of one interface\n\n| name | number | interface | why | what to do |\n|---|---|---|---|---|" }
  line = $0; sub(/.*\{ */, "", line); sub(/;? *\}.*/, "", line); n = split(line, part, /; */)
  for (i = 1; i <= n; i++) { split(part[i], pair, /: */); row(pair[2], pair[1], "`" library "." interface "`") } }
/^open enum Missing/ { missing = 1 }
missing && /^\}/ { missing = 0 }
missing && /^    \/\/\// { line = $0; sub(/^ *\/\/\/ */, "", line); comment = comment (comment == "" ? "" : " ") line }
missing && /^    [A-Z]+ = / { line = $0; gsub(/[ ;]/, "", line); split(line, pair, "=")
  details = details "| `" pair[1] "` | " pair[2] " | " comment " |\n"; comment = "" }
END { for (name in why) if (!(name in used)) fail("abi/errors.tab explains " name ", which there is not")
  if (details == "") fail("futura.capmgr has no Missing")
  printf "\n## What is missing: the detail of EPERM of futura.capmgr\n\n| name | detail | meaning |\n|---|---|---|\n%s", details
  exit errors != 0 }
