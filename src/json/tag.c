/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/tag.c: the member of an object that says what the others are, wherever it stands.
 */
#include "json/reader.h"

/* Reads on to the member; true when it is there and a string. */
static bool reach(weft_json_reader *reader, weft_json_object *object, weft_str *out)
{
    while (weft_json_object_next(reader, object)) {
        if (weft_str_equal(weft_json_read_key(reader), object->members->keys[0])) {
            object->seen[0] = 1;
            return weft_json_read_str(reader, out);
        }
        weft_json_skip(reader);
    }
    (void)weft_json_object_end(reader, object); /* says that it is missing */
    return false;
}

bool weft_json_find_tag(weft_json_reader *reader, const weft_members *tag, weft_str *out)
{
    weft_json_object object;
    if (!weft_json_object_begin(reader, &object, tag))
        return false;
    weft_json_reader before = *reader;
    bool found = reach(reader, &object, out);
    if (!weft_json_ok(reader))
        return false;
    reader->at = before.at - 1; /* the brace */
    reader->frame = object.frame.up;
    reader->depth = before.depth - 1;
    if (!found)
        weft_json_skip(reader);
    return found;
}

void weft_json_refuse_tag(weft_json_reader *reader, const weft_members *tag, const char *allowed)
{
    weft_json_frame frame = {.up = reader->frame, .key = tag->keys};
    reader->frame = &frame;
    weft_json_not_allowed(reader, allowed);
    reader->frame = frame.up;
    weft_json_skip(reader);
}
