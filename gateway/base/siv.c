/* SPDX-License-Identifier: MIT */
#include "base/siv.h"

#include "base/die.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum { BLOCK = 16, HALF_KEY = SIV_KEY_BYTES / 2 };

struct block {
    unsigned char bytes[BLOCK];
};

struct siv {
    EVP_CIPHER_CTX *cbc, *ecb; /* for CMAC and CTR, under the first and second half of the key */
    struct block chained;      /* the last block that cbc made */
    struct block whole, cut;   /* CMAC's subkeys: for a last block that is full, and not */
    struct block of_zero;      /* doubled CMAC of the zero block, with which S2V begins */
};

static void xor_into(unsigned char *to, const struct block *other)
{
    for (int i = 0; i < BLOCK; i++)
        to[i] ^= other->bytes[i];
}

/* Multiplication by x in GF(2^128): RFC 5297, 2.3. */
static struct block doubled(const struct block *block)
{
    struct block result;
    unsigned carry = 0;
    for (int i = BLOCK; i-- > 0;) {
        unsigned shifted = (unsigned)block->bytes[i] << 1 | carry;
        result.bytes[i] = (unsigned char)shifted;
        carry = shifted >> 8;
    }
    result.bytes[BLOCK - 1] ^= (unsigned char)(carry * 0x87);
    return result;
}

/* ---- CMAC (RFC 4493): the last block of CBC, whose last input is masked by a subkey ---- */

/* Room for any text and what pads it. */
struct message {
    unsigned char bytes[SIV_TEXT_MAX + BLOCK];
    size_t len;
};

/* The cipher goes on from the block where it stopped. Taking that out of the first one is as if it
 * began anew, and cheaper than telling it so. */
static struct block cbc_last(struct siv *siv, struct message *message)
{
    int len = 0;
    xor_into(message->bytes, &siv->chained);
    if (EVP_EncryptUpdate(siv->cbc, message->bytes, &len, message->bytes, (int)message->len) != 1 ||
        (size_t)len != message->len)
        die("AES-256-CBC failed");
    memcpy(siv->chained.bytes, message->bytes + message->len - BLOCK, BLOCK);
    return siv->chained;
}

/* The message is padded and encrypted in its place. */
static struct block cmac(struct siv *siv, struct message *message)
{
    size_t over = message->len % BLOCK;
    bool is_whole = message->len > 0 && over == 0;
    if (!is_whole) {
        memset(message->bytes + message->len, 0, BLOCK - over);
        message->bytes[message->len] = 0x80;
        message->len += BLOCK - over;
    }
    xor_into(message->bytes + message->len - BLOCK, is_whole ? &siv->whole : &siv->cut);
    return cbc_last(siv, message);
}

/* ---- SIV ---- */

/* S2V of RFC 5297, 2.4, for one string of associated data. */
static struct block synthetic_iv(struct siv *siv, struct str associated, struct str plain)
{
    struct message message;
    assert(associated.len <= SIV_TEXT_MAX && plain.len <= SIV_TEXT_MAX);

    memcpy(message.bytes, associated.at, associated.len);
    message.len = associated.len;
    struct block d = cmac(siv, &message);
    xor_into(d.bytes, &siv->of_zero);

    if (plain.len > 0)
        memcpy(message.bytes, plain.at, plain.len);
    message.len = plain.len;
    if (plain.len >= BLOCK) {
        xor_into(message.bytes + plain.len - BLOCK, &d);
    } else {
        memset(message.bytes + plain.len, 0, BLOCK - plain.len);
        message.bytes[plain.len] = 0x80;
        d = doubled(&d);
        xor_into(message.bytes, &d);
        message.len = BLOCK;
    }
    return cmac(siv, &message);
}

/* CTR: encrypts and decrypts alike. The counters are encrypted all at once. */
static void count(struct siv *siv, struct block counter, struct str from, unsigned char *to)
{
    struct message stream;
    int done = 0;

    counter.bytes[8] &= 0x7f; /* RFC 5297, 2.5; so the last four bytes never overflow */
    counter.bytes[12] &= 0x7f;
    for (stream.len = 0; stream.len < from.len; stream.len += BLOCK) {
        memcpy(stream.bytes + stream.len, counter.bytes, BLOCK);
        for (int i = BLOCK; ++counter.bytes[--i] == 0;)
            continue;
    }
    if (stream.len > 0 &&
        EVP_EncryptUpdate(siv->ecb, stream.bytes, &done, stream.bytes, (int)stream.len) != 1)
        die("AES-256-ECB failed");
    for (size_t i = 0; i < from.len; i++)
        to[i] = (unsigned char)from.at[i] ^ stream.bytes[i];
    OPENSSL_cleanse(stream.bytes, from.len);
}

void siv_seal(struct siv *siv, struct str associated, struct str plain, unsigned char *sealed)
{
    struct block tag = synthetic_iv(siv, associated, plain);
    memcpy(sealed, tag.bytes, BLOCK);
    count(siv, tag, plain, sealed + BLOCK);
}

bool siv_open(struct siv *siv, struct str associated, struct str sealed, unsigned char *plain)
{
    struct block tag;
    if (sealed.len < BLOCK || sealed.len - BLOCK > SIV_TEXT_MAX)
        return false;
    size_t len = sealed.len - BLOCK;
    memcpy(tag.bytes, sealed.at, BLOCK);
    count(siv, tag, str_skip(sealed, BLOCK), plain);
    struct block wanted = synthetic_iv(siv, associated, str_make((const char *)plain, len));
    bool is_ours = CRYPTO_memcmp(tag.bytes, wanted.bytes, BLOCK) == 0;
    if (!is_ours)
        OPENSSL_cleanse(plain, len);
    return is_ours;
}

/* ---- keys ---- */

static EVP_CIPHER_CTX *cipher_new(const char *name, const unsigned char *key)
{
    static const unsigned char zero[BLOCK];
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!cipher || !ctx || EVP_EncryptInit_ex2(ctx, cipher, key, zero, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1)
        die("%s is not available in this OpenSSL", name);
    EVP_CIPHER_free(cipher); /* the context keeps it */
    return ctx;
}

struct siv *siv_new(const unsigned char key[SIV_KEY_BYTES])
{
    struct siv *siv = die_calloc(1, sizeof *siv);
    struct message zero = {.len = BLOCK};

    siv->cbc = cipher_new("AES-256-CBC", key);
    siv->ecb = cipher_new("AES-256-ECB", key + HALF_KEY);
    struct block encrypted = cbc_last(siv, &zero);
    siv->whole = doubled(&encrypted);
    siv->cut = doubled(&siv->whole);
    zero = (struct message){.len = BLOCK};
    struct block of_zero = cmac(siv, &zero);
    siv->of_zero = doubled(&of_zero);
    return siv;
}

void siv_free(struct siv **slot)
{
    struct siv *siv = *slot;
    if (!siv)
        return;
    EVP_CIPHER_CTX_free(siv->cbc);
    EVP_CIPHER_CTX_free(siv->ecb);
    OPENSSL_cleanse(siv, sizeof *siv);
    free(siv);
    *slot = NULL;
}
