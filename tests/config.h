/* SPDX-License-Identifier: MIT */
/* For tests of configuration: a text parsed as the file "t.json", and its faults as lines. */
#pragma once

#include "base/buf.h"
#include "policy/document.h"
#include "tests/tap.h"

struct config {
    struct arena *arena;
    struct faults faults;
    struct document *document;
    struct buf lines;
};

/* Apostrophes in `text` become quotation marks, so that C can hold JSON; config_clear ends it. */
__attribute__((unused)) static struct node config_parse(struct config *config, const char *text)
{
    *config = (struct config){.arena = arena_new((size_t)16 * 1024 * 1024)};
    buf_init(&config->lines, (size_t)1024 * 1024);
    faults_init(&config->faults, config->arena);
    char *quoted = strdup(text);
    for (char *c = quoted; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    config->document = document_parse(STR("t.json"), str_of(quoted), &config->faults);
    free(quoted);
    return config->document ? document_node(config->document) : (struct node){0};
}

/* "t.json:1:2: what\n", as many lines as faults. */
__attribute__((unused)) static const char *config_lines(struct buf *lines,
                                                        const struct faults *faults)
{
    buf_reset(lines);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        buf_format(lines, "%.*s: %.*s\n", STR_ARG(fault->where), STR_ARG(fault->what));
    buf_add_byte(lines, '\0');
    return lines->at;
}

__attribute__((unused)) static const char *config_faults(struct config *config)
{
    return config_lines(&config->lines, &config->faults);
}

__attribute__((unused)) static void config_clear(struct config *config)
{
    document_free(&config->document);
    buf_clear(&config->lines);
    arena_free(&config->arena);
}

/* A file of the repository; the caller frees the bytes. */
__attribute__((unused)) static struct str config_read(const char *path)
{
    const char *root = getenv("OVERBLIK_ROOT");
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/%s", root ? root : ".", path);
    FILE *file = fopen(whole, "rb");
    char *bytes = calloc(1, 1 << 20);
    size_t len = file && bytes ? fread(bytes, 1, 1 << 20, file) : 0;
    ok(len > 0, "%s is there", path);
    if (file)
        fclose(file);
    return str_make(bytes, len);
}
