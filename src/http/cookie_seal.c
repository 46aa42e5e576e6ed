/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/cookie_seal.c: cookies that only the server can make, by OpenSSL. A sealed value is the
 * base64 of
 *
 *     signed:           end, value, HMAC-SHA256 over name "=" end value
 *     encrypted: nonce, AES-256-GCM of (end, value) with the name as associated data, tag
 *
 * where `end` is the second after which it is refused, in 8 bytes, 0 for never. From each secret
 * HKDF-SHA256 makes one key for signing and another for encrypting.
 */
#include "http/message.h"
#include <endian.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <weft/cookie.h>
#include <weft/log.h>

enum { KEY = 32, END = 8, MAC = 32, NONCE = 12, TAG = 16 };

typedef enum seal_kind { SIGNED, ENCRYPTED, KINDS } seal_kind;

typedef struct key {
    uint8_t of[KINDS][KEY];
} key;

struct weft_cookie_keys {
    size_t count;
    key at[]; /* the first one seals */
};

/* ---- keys ----------------------------------------------------------------------------------- */

static bool derive(weft_str secret, seal_kind kind, uint8_t to[KEY])
{
    static const char *const purposes[KINDS] = {
        [SIGNED] = "weft signed cookie", [ENCRYPTED] = "weft encrypted cookie"};
    char digest[] = "SHA256", *purpose = (char *)(uintptr_t)purposes[kind];
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (char *)(uintptr_t)secret.at,
                                          secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose, strlen(purpose)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    bool derived = context != NULL && EVP_KDF_derive(context, to, KEY, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived;
}

static void wipe(weft_cookie_keys *keys)
{
    if (keys == NULL)
        return;
    OPENSSL_cleanse(keys->at, keys->count * sizeof(key));
    free(keys);
}

static weft_cookie_keys *refuse(weft_cookie_keys *keys, const char *why)
{
    weft_log(WEFT_LOG_ERROR, "cookie", "the cookie secrets cannot be used: %s", why);
    wipe(keys);
    return NULL;
}

weft_cookie_keys *weft_cookie_keys_create(const char *secrets)
{
    weft_str rest = weft_str_from(secrets);
    weft_cookie_keys *keys = calloc(1, sizeof *keys + WEFT_COOKIE_KEYS_MAX * sizeof(key));
    if (keys == NULL)
        return refuse(keys, "no memory for them");
    if (rest.len == 0)
        return refuse(keys, "there are none");
    while (rest.at != NULL) {
        weft_str secret = weft__trim(weft__cut(&rest, ','));
        if (keys->count == WEFT_COOKIE_KEYS_MAX)
            return refuse(keys, "there are more than 8");
        if (secret.len < WEFT_COOKIE_SECRET_MIN)
            return refuse(keys, "each must be 32 bytes or more; make one with "
                                "`openssl rand -base64 48`");
        key *to = &keys->at[keys->count++];
        if (!derive(secret, SIGNED, to->of[SIGNED]) ||
            !derive(secret, ENCRYPTED, to->of[ENCRYPTED]))
            return refuse(keys, "OpenSSL cannot derive keys from them");
    }
    return keys;
}

void weft_cookie_keys_destroy(weft_cookie_keys *keys)
{
    wipe(keys);
}

/* ---- signing -------------------------------------------------------------------------------- */

/* Of name "=" text. A name has no "=", so no two pairs are signed alike. */
static bool sign(const key *with, weft_arena *arena, weft_str name, weft_str text, uint8_t mac[MAC])
{
    weft_buffer message;
    size_t len;
    weft_buffer_init(&message, arena);
    weft_buffer_append_str(&message, name);
    weft_buffer_append(&message, "=", 1);
    weft_buffer_append_str(&message, text);
    return !message.failed &&
           EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, with->of[SIGNED], KEY,
                     (const unsigned char *)message.at, message.len, mac, MAC, &len) != NULL;
}

static bool seal_signed(const key *with, weft_arena *arena, weft_str name, weft_str text, char *to)
{
    memcpy(to, text.at, text.len);
    return sign(with, arena, name, text, (uint8_t *)to + text.len);
}

static bool open_signed(const key *with, weft_arena *arena, weft_str name, weft_str sealed,
                        char *to)
{
    weft_str text = {sealed.at, sealed.len - MAC};
    uint8_t mac[MAC];
    if (!sign(with, arena, name, text, mac) || CRYPTO_memcmp(mac, text.at + text.len, MAC) != 0)
        return false;
    memcpy(to, text.at, text.len);
    return true;
}

/* ---- encrypting ----------------------------------------------------------------------------- */

/* The context fed with key, nonce and name; NULL when OpenSSL refuses. Lengths are those of
 * cookies, far below INT_MAX. */
static EVP_CIPHER_CTX *begin(const key *with, const char *nonce, weft_str name, bool encrypt)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int done;
    if (cipher != NULL &&
        EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, with->of[ENCRYPTED],
                          (const unsigned char *)nonce, encrypt) == 1 &&
        EVP_CipherUpdate(cipher, NULL, &done, (const unsigned char *)name.at, (int)name.len) == 1)
        return cipher;
    EVP_CIPHER_CTX_free(cipher);
    return NULL;
}

static bool seal_encrypted(const key *with, weft_arena *arena, weft_str name, weft_str text,
                           char *to)
{
    (void)arena;
    unsigned char *nonce = (unsigned char *)to, *body = nonce + NONCE;
    int done;
    if (RAND_bytes(nonce, NONCE) != 1)
        return false;
    EVP_CIPHER_CTX *cipher = begin(with, to, name, true);
    bool sealed = cipher != NULL &&
                  EVP_CipherUpdate(cipher, body, &done, (const unsigned char *)text.at,
                                   (int)text.len) == 1 &&
                  EVP_CipherFinal_ex(cipher, body + text.len, &done) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG, body + text.len) == 1;
    EVP_CIPHER_CTX_free(cipher);
    return sealed;
}

static bool open_encrypted(const key *with, weft_arena *arena, weft_str name, weft_str sealed,
                           char *to)
{
    (void)arena;
    const unsigned char *body = (const unsigned char *)sealed.at + NONCE;
    size_t len = sealed.len - NONCE - TAG;
    unsigned char tag[TAG];
    int done;
    memcpy(tag, body + len, TAG);
    EVP_CIPHER_CTX *cipher = begin(with, sealed.at, name, false);
    bool opened = cipher != NULL &&
                  EVP_CipherUpdate(cipher, (unsigned char *)to, &done, body, (int)len) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
                  EVP_CipherFinal_ex(cipher, (unsigned char *)to + len, &done) == 1;
    EVP_CIPHER_CTX_free(cipher);
    return opened;
}

/* ---- both ----------------------------------------------------------------------------------- */

/* One way to seal: `to` has room for the text and `overhead` bytes, or for the text again. */
static const struct {
    size_t overhead;
    bool (*seal)(const key *with, weft_arena *arena, weft_str name, weft_str text, char *to);
    bool (*open)(const key *with, weft_arena *arena, weft_str name, weft_str sealed, char *to);
} ways[KINDS] = {
    [SIGNED] = {MAC, seal_signed, open_signed},
    [ENCRYPTED] = {NONCE + TAG, seal_encrypted, open_encrypted},
};

/* The second of the sooner of both ends, or 0. */
static uint64_t end_of(const weft_cookie *cookie)
{
    int64_t end = cookie->expires, now = weft_clock_realtime();
    if (cookie->max_age > 0 && cookie->max_age <= INT64_MAX - now &&
        (end == 0 || now + cookie->max_age < end))
        end = now + cookie->max_age;
    return (uint64_t)(end / WEFT_SECOND);
}

static weft_error set(weft_response *response, const weft_cookie_keys *keys,
                      const weft_cookie *cookie, seal_kind kind)
{
    weft_cookie sealed = *cookie;
    weft_arena *arena = response->arena;
    if (cookie->max_age < 0 || cookie->expires < 0)
        return WEFT_INVALID;
    if (cookie->name.len > WEFT_COOKIE_MAX || cookie->value.len > WEFT_COOKIE_MAX)
        return WEFT_LIMIT;
    weft_str text = {.len = END + cookie->value.len};
    size_t room = text.len + ways[kind].overhead;
    char *plain = weft_arena_alloc(arena, text.len, 1), *to = weft_arena_alloc(arena, room, 1);
    if (plain == NULL || to == NULL)
        return WEFT_NO_MEMORY;
    uint64_t end = htobe64(end_of(cookie));
    memcpy(plain, &end, END);
    if (cookie->value.len != 0)
        memcpy(plain + END, cookie->value.at, cookie->value.len);
    text.at = plain;
    if (!ways[kind].seal(&keys->at[0], arena, cookie->name, text, to))
        return WEFT_NO_MEMORY;
    char *digits = weft_arena_alloc(arena, (room + 2) / 3 * 4, 1);
    if (digits == NULL)
        return WEFT_NO_MEMORY;
    weft_bytes bytes = {(const uint8_t *)to, room};
    sealed.value = (weft_str){digits, weft_base64_encode(bytes, WEFT_BASE64, digits)};
    return weft_response_cookie_set(response, &sealed);
}

/* The value in an opened text, unless it is over. */
static weft_str value_of(weft_str text)
{
    uint64_t end;
    memcpy(&end, text.at, END);
    end = be64toh(end);
    bool over = end != 0 && weft_clock_realtime() / WEFT_SECOND >= (int64_t)end;
    return over ? (weft_str){NULL, 0} : weft_str_skip(text, END);
}

static weft_str get(const weft_request *request, const weft_cookie_keys *keys, const char *name,
                    seal_kind kind)
{
    weft_arena *arena = request->arena;
    weft_str none = {NULL, 0};
    weft_str sealed = weft_request_cookie(request, name);
    weft_bytes bytes;
    if (weft_base64_decode(sealed, WEFT_BASE64, arena, &bytes) != WEFT_OK ||
        bytes.len < ways[kind].overhead + END)
        return none;
    sealed = (weft_str){(const char *)bytes.at, bytes.len};
    weft_str text = {.len = sealed.len - ways[kind].overhead};
    char *to = weft_arena_alloc(arena, text.len, 1);
    text.at = to;
    for (size_t i = 0; to != NULL && i < keys->count; i++)
        if (ways[kind].open(&keys->at[i], arena, weft_str_from(name), sealed, to))
            return value_of(text);
    return none;
}

weft_error weft_response_cookie_set_signed(weft_response *response, const weft_cookie_keys *keys,
                                           const weft_cookie *cookie)
{
    return set(response, keys, cookie, SIGNED);
}

weft_error weft_response_cookie_set_encrypted(weft_response *response, const weft_cookie_keys *keys,
                                              const weft_cookie *cookie)
{
    return set(response, keys, cookie, ENCRYPTED);
}

weft_str weft_request_cookie_signed(const weft_request *request, const weft_cookie_keys *keys,
                                    const char *name)
{
    return get(request, keys, name, SIGNED);
}

weft_str weft_request_cookie_encrypted(const weft_request *request, const weft_cookie_keys *keys,
                                       const char *name)
{
    return get(request, keys, name, ENCRYPTED);
}
