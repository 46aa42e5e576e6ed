/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/numeric.c: the binary form of numeric: the number of groups, the weight of the first
 * one (10000 to the power of it), the sign, the digits after the point that are shown, and then
 * the groups of four digits, all of 16 bits. Groups of zeroes at both ends are left out.
 */
#include "db/postgres/numeric.h"

#include "db/postgres/type.h"

enum { GROUP = 4, HEAD = 8, POSITIVE = 0, NEGATIVE = 0x4000, NOT_A_NUMBER = 0xC000 };
enum { INFINITE = 0xD000, MINUS_INFINITE = 0xF000, PLACES_MAX = 16383 };

/* ---- writing --------------------------------------------------------------------------------- */

/* The digit at `place`, counted from the point: 0 is the first before it, -1 the first after. */
static unsigned digit_at(weft_str whole, weft_str fraction, long place)
{
    if (place >= 0)
        return (size_t)place < whole.len ? (unsigned)(whole.at[whole.len - 1 - (size_t)place] - '0')
                                         : 0;
    size_t after = (size_t)(-place - 1);
    return after < fraction.len ? (unsigned)(fraction.at[after] - '0') : 0;
}

static uint16_t group_at(weft_str whole, weft_str fraction, long weight)
{
    unsigned group = 0;
    for (long place = GROUP * weight + GROUP - 1; place >= GROUP * weight; place--)
        group = 10 * group + digit_at(whole, fraction, place);
    return (uint16_t)group;
}

size_t weft__pg_numeric_write(weft_decimal decimal, char *to)
{
    weft_str whole = decimal.text, fraction = {0};
    bool negative = whole.len != 0 && whole.at[0] == '-';
    whole = weft_str_skip(whole, negative);
    const char *point = whole.len != 0 ? memchr(whole.at, '.', whole.len) : NULL;
    if (point != NULL) {
        fraction = weft_str_skip(whole, (size_t)(point - whole.at) + 1);
        whole.len = (size_t)(point - whole.at);
    }

    long first = ((long)whole.len + GROUP - 1) / GROUP - 1;
    long last = -(((long)fraction.len + GROUP - 1) / GROUP);
    while (first >= last && group_at(whole, fraction, first) == 0)
        first--;
    while (last <= first && group_at(whole, fraction, last) == 0)
        last++;
    size_t groups = first >= last ? (size_t)(first - last + 1) : 0;

    weft__pg_put16(to, (uint16_t)groups);
    weft__pg_put16(to + 2, (uint16_t)(groups != 0 ? first : 0));
    weft__pg_put16(to + 4, (uint16_t)(negative && groups != 0 ? NEGATIVE : POSITIVE));
    weft__pg_put16(to + 6, (uint16_t)fraction.len);
    for (size_t i = 0; i < groups; i++)
        weft__pg_put16(to + HEAD + 2 * i, group_at(whole, fraction, first - (long)i));
    return HEAD + 2 * groups;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct numeric {
    const char *groups;
    long count, weight;
    bool negative;
    long places; /* after the point */
} numeric;

static unsigned group_of(const numeric *n, long weight)
{
    long i = n->weight - weight;
    return i >= 0 && i < n->count ? weft__pg_u16(n->groups + 2 * i) : 0;
}

static char *put_group(char *to, unsigned group)
{
    for (unsigned unit = 1000; unit != 0; unit /= 10)
        *to++ = (char)('0' + group / unit % 10);
    return to;
}

static weft_str write_text(const numeric *n, weft_arena *arena)
{
    long wholes = n->weight >= 0 ? n->weight + 1 : 1; /* groups before the point, one at least */
    long parts = (n->places + GROUP - 1) / GROUP;     /* and after it */
    size_t room = (size_t)(1 + GROUP * wholes + 1 + GROUP * parts);
    char *at = weft_arena_alloc(arena, room, 1);
    if (at == NULL)
        return (weft_str){NULL, room};

    char *to = at + 1;
    for (long weight = wholes - 1; weight >= 0; weight--)
        to = put_group(to, group_of(n, weight));
    char *first = at + 1;
    while (first < to - 1 && *first == '0')
        first++;
    if (n->negative)
        *--first = '-';
    if (n->places != 0) {
        char *point = to;
        *to++ = '.';
        for (long weight = -1; weight >= -parts; weight--)
            to = put_group(to, group_of(n, weight));
        to = point + 1 + n->places;
    }
    return (weft_str){first, (size_t)(to - first)};
}

bool weft__pg_numeric_read(weft_str bytes, weft_arena *arena, weft_str *out)
{
    if (bytes.len < HEAD)
        return false;
    numeric n = {.groups = bytes.at + HEAD, .count = weft__pg_u16(bytes.at)};
    n.weight = (int16_t)weft__pg_u16(bytes.at + 2);
    n.places = weft__pg_u16(bytes.at + 6);
    unsigned sign = weft__pg_u16(bytes.at + 4);
    n.negative = sign == NEGATIVE;
    if (bytes.len != HEAD + 2 * (size_t)n.count || n.places > PLACES_MAX)
        return false;
    switch (sign) {
    case POSITIVE:
    case NEGATIVE: *out = write_text(&n, arena); return true;
    case NOT_A_NUMBER: *out = WEFT_STR("NaN"); return true;
    case INFINITE: *out = WEFT_STR("Infinity"); return true;
    case MINUS_INFINITE: *out = WEFT_STR("-Infinity"); return true;
    default: return false;
    }
}
