/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/capture.h"

#include <stdio.h>

#include "base/die.h"

static void write_file(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file))
        die("cannot write %s", path); /* the operator of a test gave the folder */
}

static void add_head(struct buf *out, const struct http_head *head)
{
    buf_format(out, "%.*s %.*s\n", STR_ARG(head->method_text), STR_ARG(head->target));
    for (size_t i = 0; i < head->field_count; i++)
        buf_format(out, "%.*s: %.*s\n", STR_ARG(head->fields[i].name),
                   STR_ARG(head->fields[i].value));
}

void sandbox_capture(const char *folder, unsigned number, struct str authority,
                     const struct sandbox_call *call, struct str answer)
{
    struct buf head;
    buf_init(&head, 65536);
    add_head(&head, call->head);
    const struct {
        const char *suffix;
        struct str bytes;
    } files[] = {{"head", buf_str(&head)}, {"request", call->body}, {"answer", answer}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%06u-%.*s.%s", folder, number, STR_ARG(authority),
                 files[i].suffix);
        write_file(path, files[i].bytes);
    }
    buf_clear(&head);
}
