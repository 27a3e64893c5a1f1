/* SPDX-License-Identifier: MIT */
#include "policy/config_files.h"

#include <openssl/evp.h>

#include "base/die.h"
#include "base/hex.h"

enum { DIGEST_SHOWN = 8 };

struct document *config_file_open(const struct config_file *file, struct faults *faults)
{
    return file->bytes.at ? document_parse(file->name, file->bytes, faults) : NULL;
}

size_t config_files_manifests(const struct config_files *files)
{
    size_t count = files->source_count;

    for (size_t i = 0; i < files->document_count; i++)
        count += files->documents[i].kind == REGISTRATION_SOURCE;
    return count;
}

bool config_file_is_of(struct str file, struct str id)
{
    static const struct str suffix = STR_INIT(".json");
    size_t len = id.len + suffix.len;

    if (file.len < len || !str_ends_with(file, suffix))
        return false;
    struct str name = str_skip(file, file.len - len);
    return str_starts_with(name, id) && (file.len == len || file.at[file.len - len - 1] == '/');
}

struct str config_file_id(struct str name)
{
    for (size_t slash; (slash = str_find_byte(name, '/')) < name.len;)
        name = str_skip(name, slash + 1);
    return str_ends_with(name, STR(".json")) ? str_head(name, name.len - 5) : name;
}

static void digest_bytes(EVP_MD_CTX *digest, struct str bytes)
{
    uint64_t len = bytes.len; /* before the bytes, so that no two files run together */

    if (EVP_DigestUpdate(digest, &len, sizeof len) != 1 ||
        EVP_DigestUpdate(digest, bytes.at, bytes.len) != 1)
        die("SHA-256 failed");
}

/* A file's own name, not the way to it: the same files are the same revision in any folder. */
static void digest_file(EVP_MD_CTX *digest, const struct config_file *file)
{
    struct str name = file->name;

    for (size_t slash; (slash = str_find_byte(name, '/')) < name.len;)
        name = str_skip(name, slash + 1);
    digest_bytes(digest, name);
    digest_bytes(digest, file->bytes);
}

/* A version's bytes never change, but whether and how it counts does. */
static void digest_document(EVP_MD_CTX *digest, const struct config_document *document)
{
    digest_bytes(digest, registration_kind_name(document->kind));
    digest_bytes(digest, registration_state_name(document->state));
    digest_bytes(digest, document->terms);
    digest_bytes(digest, str_make((const char *)&document->version, sizeof document->version));
    digest_file(digest, &document->file);
}

void config_files_revision(const struct config_files *files, char revision[REVISION_TEXT])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();

    if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        die("no SHA-256");
    digest_file(digest, &files->main);
#define X(name, is_needed) digest_file(digest, &files->name);
    POLICY_FILES(X)
#undef X
    for (size_t i = 0; i < files->source_count; i++)
        digest_file(digest, &files->sources[i]);
    if (files->routing.bytes.at)
        digest_file(digest, &files->routing);
    for (size_t i = 0; i < files->document_count; i++)
        digest_document(digest, &files->documents[i]);
    if (EVP_DigestFinal_ex(digest, bytes, NULL) != 1)
        die("SHA-256 failed");
    EVP_MD_CTX_free(digest);
    hex_encode(bytes, DIGEST_SHOWN, revision);
}
