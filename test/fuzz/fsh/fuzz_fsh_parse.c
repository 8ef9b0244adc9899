/* SPDX-License-Identifier: Apache-2.0 */
/* Arbitrary text through lexer, parser and expansion. */
#include "shell.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *no_substitute(struct shell *shell, const char *text, size_t length)
{
    (void)shell;
    return text_copy(text, length);
}

static void expand(struct shell *shell, const char *word)
{
    struct strings out = {0};
    /* Patterns would read the machine's folders, which differ from run to run. */
    if (strpbrk(word, "*?[") == NULL) expand_word(shell, word, &out);
    free(expand_text(shell, word));
    char *pattern = expand_pattern(shell, word, strlen(word));
    if (pattern != NULL) (void)glob_match(pattern, word);
    free(pattern);
    strings_free(&out);
}

static void walk(struct shell *shell, const struct node *node, const char *begin, const char *end)
{
    for (; node != NULL; node = node->next) {
        if (node->begin < begin || node->end > end || node->begin > node->end) abort();
        for (size_t i = 0; i < node->word_count; i++)
            expand(shell, node->words[i]);
        for (const struct redirect *r = node->redirects; r != NULL; r = r->next) {
            if (r->fd < 0 || r->fd > 2) abort();
            expand(shell, r->word);
        }
        walk(shell, node->children, begin, end);
        walk(shell, node->condition, begin, end);
        walk(shell, node->body, begin, end);
        walk(shell, node->otherwise, begin, end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096) return 0;
    struct shell shell = {.substitute = no_substitute};
    char *text = text_copy((const char *)data, size);
    struct arena arena = {0};
    struct parser parser;
    struct node *tree = NULL;
    vars_set(&shell.variables, "x", "a b");
    vars_set(&shell.variables, "HOME", "/h");
    strings_add(&shell.arguments, "fsh");
    strings_add(&shell.arguments, "one two");
    parser_begin(&parser, &arena, text);
    while (parser_next(&parser, &tree) == PARSE_OK)
        walk(&shell, tree, text, text + strlen(text));
    arena_free(&arena);
    vars_free(&shell.variables);
    strings_free(&shell.arguments);
    free(text);
    return 0;
}
