# SPDX-License-Identifier: Apache-2.0
# Makes musl's src/stdio/vfprintf.c free of floating point, for servers: %e %f %g %a end with EINVAL.
/^static int fmt_fp\(/ { skip = 1 }
/^static int getint\(/ { skip = 0 }
skip || /case DBL:|case LDBL:|compiler_defines_long_double_incorrectly/ { next }
/^#if LDBL_MANT_DIG == 53/ { inside = 1; next }
inside && /^#endif/ { inside = 0; next }
/long double f;/ { sub(/long double f;/, "uintmax_t unused;") }
/l = fmt_fp\(/ { sub(/l = fmt_fp\(.*\);/, "goto inval;"); changed++ }
{ print }
END { if (changed != 1) exit 1 }
