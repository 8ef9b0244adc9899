/* SPDX-License-Identifier: Apache-2.0 */
/* $((...)): integer expressions with C's operators and precedences, without assignment. */
#include "shell.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ARITH_DEPTH 32

struct arith {
    struct shell *shell;
    const char *at, *error;
    unsigned depth;
};

static long arith_binary(struct arith *arith, unsigned level);

static const struct {
    char text[3];
    unsigned char level;
} operators[] = {{"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7},
                 {"<<", 8}, {">>", 8}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
                 {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10}};

static void arith_blank(struct arith *arith)
{
    while (isspace((unsigned char)*arith->at))
        arith->at++;
}

static long arith_fail(struct arith *arith, const char *error)
{
    if (arith->error == NULL) arith->error = error;
    return 0;
}

static long arith_variable(struct arith *arith)
{
    size_t length = vars_name_length(arith->at);
    char *name = text_copy(arith->at, length), *end;
    arith->at += length;
    const char *value = vars_get(&arith->shell->variables, name);
    free(name);
    if (value == NULL || *value == '\0') return 0;
    long number = strtol(value, &end, 0);
    return *end == '\0' ? number : arith_fail(arith, "a variable's value is not a number");
}

static long arith_unary(struct arith *arith)
{
    arith_blank(arith);
    char c = *arith->at;
    if (++arith->depth > ARITH_DEPTH) return arith_fail(arith, "nested too deeply");
    long value = 0;
    if (c == '(' || c == '-' || c == '+' || c == '!' || c == '~') {
        arith->at++;
        value = c == '(' ? arith_binary(arith, 1) : arith_unary(arith);
        arith_blank(arith);
        if (c == '(' && *arith->at++ != ')') {
            arith->at--;
            arith_fail(arith, "a parenthesis is not closed");
        }
        value = c == '-'   ? (long)(0 - (unsigned long)value)
                : c == '!' ? !value
                : c == '~' ? ~value
                           : value;
    } else if (isdigit((unsigned char)c)) {
        char *end;
        value = strtol(arith->at, &end, 0);
        arith->at = end;
    } else if (vars_name_length(arith->at) > 0) {
        value = arith_variable(arith);
    } else {
        arith_fail(arith, "a number or a name is missing");
    }
    arith->depth--;
    return value;
}

static long arith_divide(struct arith *arith, bool remainder, long a, long b)
{
    if (b == 0) return arith_fail(arith, "division by zero");
    if (b == -1) return remainder ? 0 : (long)(0 - (unsigned long)a);
    return remainder ? a % b : a / b;
}

static long arith_apply(struct arith *arith, const char *op, long a, long b)
{
    unsigned long ua = (unsigned long)a, ub = (unsigned long)b;
    bool two = op[1] != '\0';
    switch (op[0]) {
    case '|': return two ? a || b : a | b;
    case '&': return two ? a && b : a & b;
    case '^': return a ^ b;
    case '=': return a == b;
    case '!': return a != b;
    case '<': return !two ? a < b : op[1] == '=' ? a <= b : (long)(ua << (ub & 63));
    case '>': return !two ? a > b : op[1] == '=' ? a >= b : a >> (ub & 63);
    case '+': return (long)(ua + ub);
    case '-': return (long)(ua - ub);
    case '*': return (long)(ua * ub);
    default: return arith_divide(arith, op[0] == '%', a, b);
    }
}

static long arith_binary(struct arith *arith, unsigned level)
{
    long value = arith_unary(arith);
    while (arith->error == NULL) {
        arith_blank(arith);
        size_t i = 0, count = sizeof operators / sizeof operators[0];
        while (i < count && strncmp(arith->at, operators[i].text, strlen(operators[i].text)) != 0)
            i++;
        if (i == count || operators[i].level < level) break;
        arith->at += strlen(operators[i].text);
        long right = arith_binary(arith, operators[i].level + 1u);
        if (arith->error == NULL) value = arith_apply(arith, operators[i].text, value, right);
    }
    return value;
}

bool arith_evaluate(struct shell *shell, const char *text, long *value)
{
    struct arith arith = {.shell = shell, .at = text};
    *value = 0;
    arith_blank(&arith);
    if (*arith.at != '\0') *value = arith_binary(&arith, 1);
    arith_blank(&arith);
    if (arith.error == NULL && *arith.at != '\0')
        arith_fail(&arith, "unexpected text in arithmetic");
    if (arith.error != NULL) shell_fail(text, arith.error);
    return arith.error == NULL;
}
