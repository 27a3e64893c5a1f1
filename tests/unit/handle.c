/* SPDX-License-Identifier: MIT */
#include "overview/handle.h"

#include "base/base64url.h"
#include "base/hex.h"
#include "tests/tap.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

static const char key_hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                              "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef";
static const char other_key_hex[] =
    "100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef";
static const struct cpr self = {"6101709995"}, other = {"7212550001"};

static struct arena *arena;

static struct handle_maker *make(const char *hex)
{
    const char *why = NULL;
    return handle_maker_new(str_of(hex), &why);
}

static bool opens_to(struct handle_maker *maker, struct str handle, struct str source,
                     struct str id)
{
    struct str got_source, got_id;
    return handle_open(maker, arena, &self, handle, &got_source, &got_id) &&
           str_equal(got_source, source) && str_equal(got_id, id);
}

static void takes_only_whole_keys(void)
{
    char longer[140];
    snprintf(longer, sizeof longer, "%s\n", key_hex);
    struct handle_maker *maker = make(longer);
    ok(maker, "a key and a newline");
    handle_maker_free(&maker);
    ok(!maker, "freed");
    handle_maker_free(&maker);

    snprintf(longer, sizeof longer, "%s00", key_hex);
    const char *const wrong[] = {"", "00", longer, key_hex + 2, "not a key"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *why = NULL;
        ok(!handle_maker_new(str_of(wrong[i]), &why) && why, "\"%s\" is no key", wrong[i]);
    }
}

static void comes_back_whole(struct handle_maker *maker)
{
    char text[HANDLE_ID_MAX + 1];
    memset(text, 'i', sizeof text);
    static const size_t source_lengths[] = {0, 1, 18, 254, 255};
    static const size_t id_lengths[] = {0, 1, 36, HANDLE_ID_MAX - 1, HANDLE_ID_MAX};

    for (size_t i = 0; i < sizeof source_lengths / sizeof *source_lengths; i++)
        for (size_t j = 0; j < sizeof id_lengths / sizeof *id_lengths; j++) {
            struct str source = str_make(text, source_lengths[i]);
            struct str id = str_make(text, id_lengths[j]);
            struct str handle = handle_make(maker, arena, &self, source, id);
            ok(handle.at && opens_to(maker, handle, source, id), "%zu bytes of source, %zu of id",
               source.len, id.len);
        }
    ok(!handle_make(maker, arena, &self, STR("atp"), str_make(text, HANDLE_ID_MAX + 1)).at,
       "an id that is too long");

    struct str id = str_make("a\0b\xff\xc3\n", 6);
    struct str handle = handle_make(maker, arena, &self, STR("kommuner.sager/0710"), id);
    ok(opens_to(maker, handle, STR("kommuner.sager/0710"), id), "an id of any bytes");
    ok(!opens_to(maker, handle, STR("kommuner.sager"), STR("/0710a")), "and is that one alone");
}

static void is_stable_and_tells_nothing(struct handle_maker *maker)
{
    struct str a = handle_make(maker, arena, &self, STR("atp"), STR("6101709995-1"));
    struct str again = handle_make(maker, arena, &self, STR("atp"), STR("6101709995-1"));
    struct handle_maker *twin = make(key_hex);
    struct str elsewhere = handle_make(twin, arena, &self, STR("atp"), STR("6101709995-1"));
    ok(str_equal(a, again), "the same item has the same handle");
    ok(str_equal(a, elsewhere), "at every worker");
    handle_maker_free(&twin);

    struct str next = handle_make(maker, arena, &self, STR("atp"), STR("6101709995-2"));
    struct str theirs = handle_make(maker, arena, &other, STR("atp"), STR("6101709995-1"));
    struct str shifted = handle_make(maker, arena, &self, STR("at"), STR("p6101709995-1"));
    ok(!str_equal(a, next) && !str_equal(a, theirs) && !str_equal(a, shifted),
       "another id, citizen or source has another");
    ok(str_find(a, STR("6101709995")) == a.len, "no number shows");
    for (size_t i = 0; i < a.len; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", a.at[i]))
            ok(false, "0x%02x may stand in a path", (unsigned char)a.at[i]);
}

/* The same by OpenSSL's own one-shot calls, by the words of the header. */
static void is_rfc_5297(struct handle_maker *maker)
{
    unsigned char key[64], digest[32], want[256] = {0}, got[256];
    static const unsigned char plain[] = "\x03"
                                         "atpid-1";
    size_t len = 0, got_len = 0;
    int written = 0;
    bool is_hex = hex_decode(str_of(key_hex), key, sizeof key, &len);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    SHA256(key, sizeof key, digest);
    want[0] = digest[0];
    ok(is_hex && EVP_EncryptInit_ex2(ctx, cipher, key, NULL, NULL) == 1 &&
           EVP_EncryptUpdate(ctx, NULL, &written, (const unsigned char *)"6101709995", 10) == 1 &&
           EVP_EncryptUpdate(ctx, want + 17, &written, plain, sizeof plain - 1) == 1 &&
           EVP_EncryptFinal_ex(ctx, want + 17 + written, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, want + 1) == 1,
       "OpenSSL seals by itself");
    struct str handle = handle_make(maker, arena, &self, STR("atp"), STR("id-1"));
    ok(base64url_decode(handle, got, &got_len), "a handle is base64url");
    is_bytes((char *)got, got_len, (char *)want, 17 + sizeof plain - 1,
             "key id, SIV and ciphertext over length, source and id");
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
}

static void refuses_what_is_not_its_own(struct handle_maker *maker)
{
    struct str source, id, handle = handle_make(maker, arena, &self, STR("atp"), STR("id-1"));
    unsigned char sealed[256];
    char text[400];
    size_t len = 0;
    int taken = 0;

    ok(!handle_open(maker, arena, &other, handle, &source, &id), "another citizen");
    struct handle_maker *stranger = make(other_key_hex);
    ok(!handle_open(stranger, arena, &self, handle, &source, &id), "another key");
    struct str theirs = handle_make(stranger, arena, &self, STR("atp"), STR("id-1"));
    ok(!handle_open(maker, arena, &self, theirs, &source, &id), "a handle of another key");
    handle_maker_free(&stranger);

    bool is_text = base64url_decode(handle, sealed, &len);
    for (size_t bit = 0; is_text && bit < len * 8; bit++) {
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        taken +=
            handle_open(maker, arena, &self, base64url_encode(sealed, len, text), &source, &id);
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    is_int(taken, 0, "no bit of %zu may be wrong", len * 8);
    ok(opens_to(maker, handle, STR("atp"), STR("id-1")), "and the handle itself opens after that");
    taken = 0;
    for (size_t cut = 0; is_text && cut < len; cut++)
        taken +=
            handle_open(maker, arena, &self, base64url_encode(sealed, cut, text), &source, &id);
    is_int(taken, 0, "none of its beginnings");

    snprintf(text, sizeof text, "%.*s=", STR_ARG(handle));
    ok(!handle_open(maker, arena, &self, str_of(text), &source, &id), "padding");
    snprintf(text, sizeof text, "%.*sAA", STR_ARG(handle));
    ok(!handle_open(maker, arena, &self, str_of(text), &source, &id), "more behind");
    ok(!handle_open(maker, arena, &self, STR(""), &source, &id), "nothing");
    ok(!handle_open(maker, arena, &self, STR("%2e%2e"), &source, &id), "no base64url");
    static char huge[1 << 20];
    memset(huge, 'A', sizeof huge);
    ok(!handle_open(maker, arena, &self, str_make(huge, sizeof huge), &source, &id), "a megabyte");
    is_int((int)ERR_peek_error(), 0, "refusals leave nothing in OpenSSL's queue");
}

static void ends_at_the_arenas_limit(struct handle_maker *maker)
{
    struct arena *small = arena_new(8);
    struct str source, id;
    struct str handle = handle_make(maker, arena, &self, STR("atp"), STR("an id of its own"));
    ok(!handle_make(maker, small, &self, STR("atp"), STR("id-1")).at, "no room for a handle");
    ok(!handle_open(maker, small, &self, handle, &source, &id), "no room for what is in one");
    arena_free(&small);
}

int main(void)
{
    arena = arena_new(16 << 20);
    struct handle_maker *maker = make(key_hex);
    takes_only_whole_keys();
    comes_back_whole(maker);
    is_stable_and_tells_nothing(maker);
    is_rfc_5297(maker);
    refuses_what_is_not_its_own(maker);
    ends_at_the_arenas_limit(maker);
    handle_maker_free(&maker);
    arena_free(&arena);
    return done_testing();
}
