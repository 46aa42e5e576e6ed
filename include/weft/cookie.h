/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/cookie.h: cookies (RFC 6265): reading those of a request, setting them with a response, in
 * the clear, signed or encrypted.
 */
#ifndef WEFT_COOKIE_H
#define WEFT_COOKIE_H

#include <weft/http.h>

#define WEFT_COOKIE_MAX           4096 /* bytes of name and value together: what browsers keep */
#define WEFT_COOKIE_ATTRIBUTE_MAX 1024 /* bytes of a path or domain */

/* ---- reading -------------------------------------------------------------------------------- */

/* The value of the request's first cookie of that name (case matters), without the quotes that it
 * may stand in; {NULL, 0} when there is none. A cookie whose name or value breaks the grammar of
 * section 4.1.1 does not exist; the others beside it do. */
weft_str weft_request_cookie(const weft_request *request, const char *name) WEFT_NONNULL(1, 2);

/* ---- setting -------------------------------------------------------------------------------- */

typedef enum weft_same_site {
    WEFT_SAME_SITE_LAX,    /* sent with links from elsewhere, with nothing else from there */
    WEFT_SAME_SITE_STRICT, /* never sent with what begins elsewhere */
    WEFT_SAME_SITE_NONE,   /* always sent; for secure cookies only */
} weft_same_site;

typedef struct weft_cookie {
    weft_str name;
    weft_str value;
    weft_str path;            /* empty: "/" */
    weft_str domain;          /* "example.org" and all below it; empty: this host only */
    int64_t max_age;          /* a duration; 0: until the browser closes */
    int64_t expires;          /* as weft_clock_realtime tells it; 0: not said */
    bool secure;              /* sent over TLS only */
    bool http_only;           /* not shown to scripts */
    weft_same_site same_site; /* always said */
} weft_cookie;

/* Adds Set-Cookie. What cannot be kept is refused instead of sent: WEFT_INVALID for a name that is
 * not a token, a value with a space, quote, comma, semicolon, backslash or a byte that is not
 * visible ASCII, a path that does not begin with "/" or has a semicolon, a domain that is none, a
 * negative age; for "__Secure-" without `secure`, for "__Host-" without `secure`, with a domain or
 * with another path than "/" (prefixes in any case); and for SameSite=None without `secure`.
 * WEFT_LIMIT beyond WEFT_COOKIE_MAX or WEFT_COOKIE_ATTRIBUTE_MAX; WEFT_NO_MEMORY. */
weft_error weft_response_cookie_set(weft_response *response, const weft_cookie *cookie)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Makes the client forget the cookie. Name, path, domain and prefix must be those that it was set
 * with; value and ages are ignored. */
weft_error weft_response_cookie_remove(weft_response *response, const weft_cookie *cookie)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* ---- sealed cookies ------------------------------------------------------------------------- */

/* Sealed values may be any bytes. A signed one (HMAC-SHA256) can be read by its owner but not
 * changed; an encrypted one (AES-256-GCM) cannot be read either. Both are bound to the name, so
 * that no cookie passes for another, and to the end that max_age or expires give it, which is
 * enforced when they are opened. Sealing makes a value a third longer, and 54 bytes. */

#define WEFT_COOKIE_SECRET_MIN 32 /* bytes of a secret at least */
#define WEFT_COOKIE_KEYS_MAX   8  /* secrets of one ring */

/* Keys, made from secrets once at start; afterwards only read, by any thread. */
typedef struct weft_cookie_keys weft_cookie_keys;

void weft_cookie_keys_destroy(weft_cookie_keys *keys) WEFT_ENDS(keys); /* NULL is a no-op */

/* From secrets separated by commas: cookies are sealed with the first and opened with any, so a new
 * secret is put in front, and the old one taken away when the last cookie of it has expired. A
 * secret is random, not a password (`openssl rand -base64 48`); one secret seals at most 2^32
 * encrypted cookies. NULL, and logged why, when a secret is too short, there is none (NULL or "")
 * or there are too many, or without memory. */
weft_cookie_keys *weft_cookie_keys_create(const char *secrets)
    WEFT_GOES_BY(weft_cookie_keys_destroy) WEFT_NODISCARD;

/* As weft_response_cookie_set, with the value sealed. */
weft_error weft_response_cookie_set_signed(weft_response *response, const weft_cookie_keys *keys,
                                           const weft_cookie *cookie) WEFT_BEFORE_END(keys)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);
weft_error weft_response_cookie_set_encrypted(weft_response *response, const weft_cookie_keys *keys,
                                              const weft_cookie *cookie) WEFT_BEFORE_END(keys)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

/* What was sealed, in the request's arena; {NULL, 0} when the cookie is absent, sealed by nobody
 * who has one of the keys, changed, meant for another name, or over. */
weft_str weft_request_cookie_signed(const weft_request *request, const weft_cookie_keys *keys,
                                    const char *name) WEFT_BEFORE_END(keys) WEFT_NONNULL(1, 2, 3);
weft_str weft_request_cookie_encrypted(const weft_request *request, const weft_cookie_keys *keys,
                                       const char *name) WEFT_BEFORE_END(keys)
    WEFT_NONNULL(1, 2, 3);

#endif
