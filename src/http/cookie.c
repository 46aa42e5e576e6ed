/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/cookie.c: the Cookie field read, the Set-Cookie field written, both by the grammar that
 * RFC 6265 section 4.1.1 gives to servers.
 */
#include "http/h1/h1.h"
#include <weft/cookie.h>

enum { HTTP_DATE = 29, DOMAIN_MAX = 253 };

static bool visible(weft_str s, const char *but)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] <= ' ' || (uint8_t)s.at[i] >= 0x7f || strchr(but, s.at[i]) != NULL)
            return false;
    return true;
}

static bool value_valid(weft_str value)
{
    return visible(value, "\",;\\");
}

/* ---- reading -------------------------------------------------------------------------------- */

static weft_str unquoted(weft_str value)
{
    bool quoted = value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"';
    return quoted ? (weft_str){value.at + 1, value.len - 2} : value;
}

/* The first well-formed cookie of that name in one field's value. */
static weft_str find(weft_str pairs, weft_str name)
{
    while (pairs.len != 0) {
        weft_str value = weft__trim(weft__cut(&pairs, ';'));
        weft_str its = weft__cut(&value, '=');
        if (!weft_str_equal(its, name) || value.at == NULL)
            continue;
        value = unquoted(value);
        if (value_valid(value))
            return value;
    }
    return (weft_str){NULL, 0};
}

weft_str weft_request_cookie(const weft_request *request, const char *name)
{
    weft_str wanted = weft_str_from(name), value = {NULL, 0};
    if (!weft__http_token(wanted))
        return value;
    for (size_t i = 0; i < request->field_count && value.at == NULL; i++)
        if (weft_str_equal_nocase(request->fields[i].name, WEFT_STR("cookie")))
            value = find(request->fields[i].value, wanted);
    return value;
}

/* ---- checking ------------------------------------------------------------------------------- */

static bool path_valid(weft_str path)
{
    return path.len == 0 || (path.at[0] == '/' && visible(path, ";"));
}

static bool label_valid(weft_str label)
{
    if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i], letter = (char)(c | 0x20);
        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static bool domain_valid(weft_str domain)
{
    if (domain.len == 0)
        return true;
    if (domain.len > DOMAIN_MAX || domain.at[domain.len - 1] == '.')
        return false;
    while (domain.len != 0)
        if (!label_valid(weft__cut(&domain, '.')))
            return false;
    return true;
}

static bool begins(weft_str name, weft_str prefix)
{
    return name.len >= prefix.len && weft_str_equal_nocase((weft_str){name.at, prefix.len}, prefix);
}

/* What the name and the other attributes promise about each other (RFC 6265bis section 4.1.3). */
static bool promises_kept(const weft_cookie *cookie)
{
    bool host = begins(cookie->name, WEFT_STR("__Host-"));
    bool root = cookie->path.len == 0 || weft_str_equal(cookie->path, WEFT_STR("/"));
    if (host && (cookie->domain.len != 0 || !root))
        return false;
    return cookie->secure || (!host && !begins(cookie->name, WEFT_STR("__Secure-")) &&
                              cookie->same_site != WEFT_SAME_SITE_NONE);
}

static weft_error check(const weft_cookie *cookie)
{
    if (!weft__http_token(cookie->name) || !value_valid(cookie->value) ||
        !path_valid(cookie->path) || !domain_valid(cookie->domain) || cookie->max_age < 0 ||
        cookie->expires < 0 || (unsigned)cookie->same_site > WEFT_SAME_SITE_NONE ||
        !promises_kept(cookie))
        return WEFT_INVALID;
    if (cookie->name.len > WEFT_COOKIE_MAX ||
        cookie->value.len > WEFT_COOKIE_MAX - cookie->name.len ||
        cookie->path.len > WEFT_COOKIE_ATTRIBUTE_MAX)
        return WEFT_LIMIT;
    return WEFT_OK;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_attribute(weft_buffer *to, const char *name, weft_str value)
{
    weft_buffer_append_str(to, weft_str_from(name));
    weft_buffer_append_str(to, value);
}

static void write_expires(weft_buffer *to, int64_t seconds)
{
    char date[HTTP_DATE];
    weft__http_date(seconds, date);
    write_attribute(to, "; Expires=", (weft_str){date, sizeof date});
}

static void write_ages(weft_buffer *to, const weft_cookie *cookie)
{
    if (cookie->max_age > 0) { /* rounded up: 0 would end it */
        int64_t seconds = (cookie->max_age - 1) / WEFT_SECOND + 1;
        weft_buffer_printf(to, "; Max-Age=%lld", (long long)seconds);
    }
    if (cookie->expires > 0)
        write_expires(to, cookie->expires / WEFT_SECOND);
}

static weft_error write(weft_response *response, const weft_cookie *cookie, bool remove)
{
    static const char *const same_site[] = {[WEFT_SAME_SITE_LAX] = "; SameSite=Lax",
                                            [WEFT_SAME_SITE_STRICT] = "; SameSite=Strict",
                                            [WEFT_SAME_SITE_NONE] = "; SameSite=None"};
    weft_buffer to;
    WEFT_TRY(check(cookie));
    weft_buffer_init(&to, response->arena);
    weft_buffer_append_str(&to, cookie->name);
    write_attribute(&to, "=", cookie->value);
    write_attribute(&to, "; Path=", cookie->path.len ? cookie->path : WEFT_STR("/"));
    if (cookie->domain.len != 0)
        write_attribute(&to, "; Domain=", cookie->domain);
    if (remove) {
        write_attribute(&to, "; Max-Age=", WEFT_STR("0"));
        write_expires(&to, 0);
    } else {
        write_ages(&to, cookie);
    }
    if (cookie->secure)
        write_attribute(&to, "; Secure", WEFT_STR(""));
    if (cookie->http_only)
        write_attribute(&to, "; HttpOnly", WEFT_STR(""));
    write_attribute(&to, same_site[cookie->same_site], WEFT_STR(""));
    if (to.failed)
        return WEFT_NO_MEMORY;
    return weft_response_header_add(response, WEFT_STR("Set-Cookie"), weft_buffer_str(&to));
}

weft_error weft_response_cookie_set(weft_response *response, const weft_cookie *cookie)
{
    return write(response, cookie, false);
}

weft_error weft_response_cookie_remove(weft_response *response, const weft_cookie *cookie)
{
    weft_cookie gone = *cookie;
    gone.value = WEFT_STR("");
    gone.max_age = gone.expires = 0;
    return write(response, &gone, true);
}
