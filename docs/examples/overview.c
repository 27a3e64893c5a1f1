/* SPDX-License-Identifier: MIT */
/* TOKEN=… overview URL [CA]: reads an overview as it lands, with libcurl and jansson, and prints a
 * line for each source. URL is of the form https://…/v1/overview?municipality=0710.
 *
 *     cc -o overview overview.c $(pkg-config --cflags --libs libcurl jansson)
 *
 * Exit status: 0 everybody answered, 1 some did not, 2 there is no overview. */
#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64 * 1024 * 1024 };

/* What has come of the line that is being read. */
struct stream {
    char *line;
    size_t len;
    bool is_done, is_complete;
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* Records that are not known are passed over: more may come. */
static void take_record(struct stream *stream, const json_t *record)
{
    const char *name = text_of(record, "record");

    if (strcmp(name, "source") == 0) {
        const json_t *source = json_object_get(record, "source");
        printf("%-24s %-12s %3zu  %s\n", text_of(source, "id"), text_of(source, "state"),
               json_array_size(json_object_get(record, "items")), text_of(source, "text"));
        fflush(stdout);
    } else if (strcmp(name, "done") == 0) {
        const json_t *summary = json_object_get(record, "summary");
        stream->is_done = true;
        stream->is_complete = json_is_true(json_object_get(summary, "complete"));
    }
}

/* Called by libcurl with what has come: any number of lines, and a part of one. Other than `size *
 * count` ends the transfer. */
static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
    struct stream *stream = ctx;
    size_t len = size * count;
    char *grown;

    if (len > LINE_MAX_BYTES - stream->len)
        return 0;
    grown = realloc(stream->line, stream->len + len);
    if (!grown)
        return 0;
    stream->line = grown;
    memcpy(stream->line + stream->len, bytes, len);
    stream->len += len;
    for (char *end; (end = memchr(stream->line, '\n', stream->len));) {
        size_t line_len = (size_t)(end - stream->line) + 1;
        json_t *record = json_loadb(stream->line, line_len, JSON_REJECT_DUPLICATES, NULL);
        if (!record)
            return 0;
        take_record(stream, record);
        json_decref(record);
        memmove(stream->line, stream->line + line_len, stream->len - line_len);
        stream->len -= line_len;
    }
    return len;
}

/* libcurl copies the texts that it is given. */
static CURLcode fetch(CURL *easy, const char *url, const char *ca, const char *token,
                      struct stream *stream)
{
    struct curl_slist *fields = curl_slist_append(NULL, "Accept: application/x-ndjson");

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    if (ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, stream);
    CURLcode code = curl_easy_perform(easy);
    curl_slist_free_all(fields);
    return code;
}

int main(int argc, char **argv)
{
    const char *token = getenv("TOKEN");
    struct stream stream = {0};

    if (argc < 2 || argc > 3 || !token) {
        fprintf(stderr, "usage: TOKEN=… %s URL [CA]\n", argv[0]);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();
    CURLcode code = easy ? fetch(easy, argv[1], argv[2], token, &stream) : CURLE_FAILED_INIT;
    curl_easy_cleanup(easy);
    curl_global_cleanup();
    free(stream.line);
    if (code != CURLE_OK)
        fprintf(stderr, "%s\n", curl_easy_strerror(code));
    else if (!stream.is_done)
        fprintf(stderr, "the answer was cut short\n");
    return code != CURLE_OK || !stream.is_done ? 2 : stream.is_complete ? 0 : 1;
}
