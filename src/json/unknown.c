/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/unknown.c: members that a strict type does not have, and which may have been meant.
 */
#include "json/reader.h"

#define NAME_SHOWN 64 /* bytes of a name that a suggestion is made for */

static bool same(char a, char b)
{
    return weft_str_equal_nocase((weft_str){&a, 1}, (weft_str){&b, 1});
}

/* Whether one letter more, less, other or two swapped make one name the other, without case:
 * "emial" and "email", "userName" and "user_name". Linear, since clients choose the names. */
static bool is_a_slip_away(weft_str a, weft_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, before = 0, behind = 0;
    while (before < shorter && same(a.at[before], b.at[before]))
        before++;
    while (behind < shorter - before && same(a.at[a.len - behind - 1], b.at[b.len - behind - 1]))
        behind++;
    size_t left = a.len - before - behind, right = b.len - before - behind;
    if (left <= 1 && right <= 1)
        return true;
    return left == 2 && right == 2 && same(a.at[before], b.at[before + 1]) &&
           same(a.at[before + 1], b.at[before]);
}

static const weft_str *meant(const weft_members *members, weft_str key)
{
    for (size_t i = 0; i < members->count && key.len > 1 && key.len <= NAME_SHOWN; i++)
        if (members->keys[i].len > 1 && is_a_slip_away(members->keys[i], key))
            return &members->keys[i];
    return NULL;
}

void weft__json_add_unknown(weft_violations *list, const char *in, weft_str pointer,
                            const weft_members *members, weft_str key)
{
    const weft_str *name = weft_violations_full(list) ? NULL : meant(members, key);
    if (name != NULL)
        weft_violations_add(list, in, pointer, "unknown",
                            "is not known here; did you mean \"%.*s\"?", WEFT_STR_ARGS(*name));
    else
        weft_violations_add(list, in, pointer, "unknown", "is not known here");
}

void weft_json_refuse_unknown(weft_json_reader *reader, weft_json_object *object)
{
    if (!weft_json_ok(reader))
        return;
    object->frame.key = &object->unknown;
    weft__json_add_unknown(reader->violations, "body", weft_json_pointer(reader), object->members,
                           object->unknown);
    weft_json_skip(reader);
}
