/* SPDX-License-Identifier: MIT */
#include "portal/assets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"

enum { BYTES_MAX = 1024 * 1024, PATH_BYTES = 4096 };

static const struct {
    struct str path, type;
} known[] = {
    {STR_INIT("css/dkfds.min.css"), STR_INIT("text/css; charset=utf-8")},
    {STR_INIT("portal.css"), STR_INIT("text/css; charset=utf-8")},
    {STR_INIT("portal.js"), STR_INIT("text/javascript; charset=utf-8")},
    {STR_INIT("fonts/IBMPlexSans/complete/woff2/IBMPlexSans-Regular.woff2"),
     STR_INIT("font/woff2")},
    {STR_INIT("fonts/IBMPlexSans/complete/woff2/IBMPlexSans-SemiBold.woff2"),
     STR_INIT("font/woff2")},
    {STR_INIT("LICENSE-dkfds.md"), STR_INIT("text/plain; charset=utf-8")},
};
enum { KNOWN = sizeof known / sizeof *known };

struct assets {
    struct buf plain[KNOWN], packed[KNOWN]; /* packed empty: there is none */
};

static bool read_file(const char *folder, struct str name, const char *more, struct buf *into)
{
    char path[PATH_BYTES], bytes[16384];
    snprintf(path, sizeof path, "%s/%.*s%s", folder, STR_ARG(name), more);
    buf_init(into, BYTES_MAX);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_add(into, bytes, got);
    bool is_good = !ferror(file) && !into->failed;
    fclose(file);
    return is_good;
}

struct assets *assets_read(const char *folder, const char **why)
{
    static char complaint[PATH_BYTES + 200];
    struct assets *assets = die_calloc(1, sizeof *assets);
    for (size_t i = 0; i < KNOWN; i++) {
        if (!read_file(folder, known[i].path, "", &assets->plain[i])) {
            snprintf(complaint, sizeof complaint, "%s/%.*s: %s", folder, STR_ARG(known[i].path),
                     strerror(errno));
            *why = complaint;
            assets_free(&assets);
            return NULL;
        }
        if (!read_file(folder, known[i].path, ".gz", &assets->packed[i]))
            buf_clear(&assets->packed[i]);
    }
    return assets;
}

void assets_free(struct assets **slot)
{
    for (size_t i = 0; *slot && i < KNOWN; i++) {
        buf_clear(&(*slot)->plain[i]);
        buf_clear(&(*slot)->packed[i]);
    }
    free(*slot);
    *slot = NULL;
}

bool assets_reply(const struct assets *assets, struct str path, const struct http_request *request,
                  struct http_exchange *exchange)
{
    bool twice;
    struct str accepted = http_field_find(request->head, STR("Accept-Encoding"), &twice);
    for (size_t i = 0; i < KNOWN; i++) {
        if (!str_equal(path, known[i].path))
            continue;
        bool is_packed =
            assets->packed[i].len > 0 && str_find(accepted, STR("gzip")) < accepted.len;
        const struct http_field fields[] = {
            {STR("Content-Type"), known[i].type},
            {STR("Cache-Control"), STR("public, max-age=3600")},
            {STR("X-Content-Type-Options"), STR("nosniff")},
            {STR("Cross-Origin-Resource-Policy"), STR("same-origin")},
            {STR("Vary"), STR("Accept-Encoding")},
            {STR("Content-Encoding"), STR("gzip")},
        };
        const struct buf *bytes = is_packed ? &assets->packed[i] : &assets->plain[i];
        struct buf body;
        buf_init(&body, BYTES_MAX);
        buf_add_str(&body, buf_str(bytes));
        http_reply(exchange, 200, fields, is_packed ? 6 : 5, &body);
        return true;
    }
    return false;
}
