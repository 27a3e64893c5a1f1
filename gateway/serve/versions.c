/* SPDX-License-Identifier: MIT */
#include "serve/versions.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <expat.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>

#include "version.h"

static void print_library(const char *name, const char *running, const char *built_with)
{
    printf("%-9s %s (built with %s)\n", name, running, built_with);
}

void versions_print(const char *program)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    char expat[32];

    snprintf(expat, sizeof expat, "%d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION,
             XML_MICRO_VERSION);
    printf("%s %s\n", program, OVERBLIK_VERSION);
    print_library("libevent", event_get_version(), LIBEVENT_VERSION);
    print_library("libcurl", curl->version, LIBCURL_VERSION);
    print_library("OpenSSL", OpenSSL_version(OPENSSL_FULL_VERSION_STRING),
                  OPENSSL_FULL_VERSION_STR);
    print_library("jansson", jansson_version_str(), JANSSON_VERSION);
    print_library("expat", XML_ExpatVersion(), expat);
    printf("%-9s %d.%d\n", "libpq", PQlibVersion() / 10000, PQlibVersion() % 10000);
    print_library("SQLite", sqlite3_libversion(), SQLITE_VERSION);
    if (curl->nghttp2_version)
        printf("%-9s %s (in libcurl)\n", "nghttp2", curl->nghttp2_version);
    if (curl->libz_version)
        printf("%-9s %s (in libcurl)\n", "zlib", curl->libz_version);
}
