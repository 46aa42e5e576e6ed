/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/rules.c: the rules a field can be given that are more than a comparison.
 */
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <weft/check.h>

#define EMAIL_MAX 254 /* RFC 5321 4.5.3.1.3, less the angle brackets */
#define LABEL_MAX 63  /* RFC 1035 2.3.4 */

static bool is_alphanumeric(char byte)
{
    unsigned char letter = (unsigned char)(byte | 0x20);
    return (byte >= '0' && byte <= '9') || (letter >= 'a' && letter <= 'z');
}

static bool is_local(char byte)
{
    return is_alphanumeric(byte) || (byte != 0 && strchr(".!#$%&'*+/=?^_`{|}~-", byte) != NULL);
}

/* The length of the domain label that starts at `at`, or 0: letters, digits and inner hyphens. */
static size_t label_length(const char *at, const char *end)
{
    size_t len = 0, room = (size_t)(end - at);
    while (len < room && (is_alphanumeric(at[len]) || at[len] == '-'))
        len++;
    bool good = len > 0 && len <= LABEL_MAX && at[0] != '-' && at[len - 1] != '-';
    return good ? len : 0;
}

bool weft_is_email(weft_str s)
{
    if (s.len == 0 || s.len > EMAIL_MAX)
        return false;
    const char *at = s.at, *end = s.at + s.len;
    while (at < end && is_local(*at))
        at++;
    if (at == s.at || at == end || *at != '@')
        return false;
    do {
        at++;
        size_t len = label_length(at, end);
        if (len == 0)
            return false;
        at += len;
    } while (at < end && *at == '.');
    return at == end;
}

struct weft_pattern {
    regex_t expression;
};

weft_pattern *weft_pattern_compile(const char *expression)
{
    weft_pattern *pattern = malloc(sizeof *pattern);
    if (pattern != NULL && regcomp(&pattern->expression, expression, REG_EXTENDED) != 0) {
        free(pattern);
        return NULL;
    }
    return pattern;
}

void weft_pattern_destroy(weft_pattern *pattern)
{
    if (pattern == NULL)
        return;
    regfree(&pattern->expression);
    free(pattern);
}

/* POSIX matches are the leftmost longest: when the whole text matches, that is the match found. */
bool weft_pattern_matches(const weft_pattern *pattern, weft_str s)
{
    if (pattern == NULL || s.len > INT_MAX)
        return false;
    int len = (int)s.len;
    regmatch_t match = {.rm_so = 0, .rm_eo = len};
    if (regexec(&pattern->expression, s.len != 0 ? s.at : "", 1, &match, REG_STARTEND) != 0)
        return false;
    return match.rm_so == 0 && match.rm_eo == len;
}

bool weft_pattern_once_matches(weft_pattern_once *pattern, weft_str s)
{
    weft_pattern *compiled = __atomic_load_n(&pattern->compiled, __ATOMIC_ACQUIRE);
    if (compiled == NULL) {
        weft_pattern *mine = weft_pattern_compile(pattern->expression);
        if (__atomic_compare_exchange_n(&pattern->compiled, &compiled, mine, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            compiled = mine;
        } else { /* another thread was faster */
            weft_pattern_destroy(mine);
        }
    }
    return weft_pattern_matches(compiled, s);
}
