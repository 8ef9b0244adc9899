/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of fic. Exit status: 0 done, 1 the input was refused, 2 wrong usage. */
#include "commands.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fic_command commands[] = {
    {"compile", fic_cmd_compile, "[-I DIR]... [-o OUTDIR] FILE.fi",
     "write <library>.<Interface>.cbor, and .doc.cbor where there are docs"},
    {"decompile", fic_cmd_decompile, "[-o OUT] IMAGE.cbor|SYSTEM.cbor",
     "print canonical text; with -o files <library>.<major>.fi in a folder (or a file, for a "
     "system)"},
    {"describe", fic_cmd_describe, "FILE.cbor|FILE.fi...", "print what an interface offers"},
    {"layout", fic_cmd_layout, "FILE.cbor|FILE.fi...", "print offsets, sizes and classes"},
    {"compat", fic_cmd_compat, "OLD.cbor NEW.cbor", "may NEW replace OLD?"},
    {"manifest", fic_cmd_manifest, "[-I DIR]... [-m MIB] [-o FILE.cbor] FILE.sys",
     "check a system manifest and compile it"},
    {"check", fic_cmd_check, "[-I DIR]... FILE.sys|FILE.fi|FILE.cbor...", "check only"},
    {"markdown", fic_cmd_markdown, "[-o OUTDIR] IMAGE.cbor...",
     "reference of an interface (uses IMAGE.doc.cbor beside it)"},
    {"cddl", fic_cmd_cddl, "[-o OUTDIR] IMAGE.cbor...", "schema of the remote encoding (RFC 8610)"},
    {"wireshark", fic_cmd_wireshark, "[-o FILE.lua] IMAGE.cbor...", "dissector in Lua"},
    {"fuzz", fic_cmd_fuzz, "[-o OUTDIR] IMAGE.cbor...", "libFuzzer harness of the validators"},
    {"gen-c", fic_cmd_gen_c, "[-H HISTORY] [-o OUTDIR] IMAGE.cbor...",
     "C stubs of one library; with -H only if they may replace what was released"},
    {"history", fic_cmd_history, "-H HISTORY [-I DIR]... [-o FILE] FILE.fi...",
     "may these interfaces replace all that were released?"},
    {"release", fic_cmd_release, "-H HISTORY [-I DIR]... FILE.fi...",
     "the same, and add them to what is released"},
};

#define MAX_MIB (1u << 20)
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *out)
{
    fputs("usage: fic COMMAND [OPTION]... FILE...\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  fic %s %s\n        %s\n", commands[i].name, commands[i].usage,
                commands[i].what);
    fputs("\n-I DIR looks for imports in DIR too, -o says where to write,\n"
          "-H where released interfaces are, -m how much memory a board has (default 64 MiB). See "
          "fic(1).\n",
          out);
}

static int usage_error(const struct fic_command *c, const char *what)
{
    fprintf(stderr, "fic: %s\nusage: fic %s %s\n", what, c->name, c->usage);
    return 2;
}

static bool parse_mib(const char *text, unsigned long long *bytes)
{
    unsigned long long n = 0;

    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || n > MAX_MIB) return false;
        n = 10 * n + (unsigned)(*p - '0');
    }
    *bytes = n << 20;
    return n >= 1 && n <= MAX_MIB;
}

static int parse_options(const struct fic_command *c, int argc, char **argv, struct fic_options *o)
{
    for (int i = 0; i < argc; i++) {
        const char *a = argv[i], *value;
        if (a[0] != '-' || a[1] == '\0') {
            if (o->nfiles == FIC_MAX_ARGS) return usage_error(c, "too many files");
            o->files[o->nfiles++] = a;
            continue;
        }
        if (a[1] != 'I' && a[1] != 'o' && a[1] != 'm' && a[1] != 'H')
            return usage_error(c, "unknown option");
        value = a[2] ? a + 2 : i + 1 < argc ? argv[++i] : NULL;
        if (!value) return usage_error(c, "an option lacks its value");
        if (a[1] == 'o') {
            o->out = value;
        } else if (a[1] == 'H') {
            o->history = value;
        } else if (a[1] == 'm') {
            if (!parse_mib(value, &o->memory))
                return usage_error(c, "-m takes a number of MiB in 1..1048576");
        } else {
            if (o->ndirs == FIC_MAX_DIRS) return usage_error(c, "too many folders");
            o->dirs[o->ndirs++] = value;
        }
    }
    return o->nfiles ? 0 : usage_error(c, "no file given");
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return true;
    return false;
}

int main(int argc, char **argv)
{
    static struct fic_options options;

    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
        !strcmp(argv[1], "help")) {
        print_usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        int r;
        if (strcmp(argv[1], commands[i].name)) continue;
        if (wants_help(argc - 2, argv + 2)) {
            printf("usage: fic %s %s\n%s\n", commands[i].name, commands[i].usage, commands[i].what);
            return 0;
        }
        r = parse_options(&commands[i], argc - 2, argv + 2, &options);
        return r ? r : commands[i].run(&options);
    }
    fprintf(stderr, "fic: unknown command '%s'\n", argv[1]);
    print_usage(stderr);
    return 2;
}
