/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/codec.h: what generated codecs are made of; not for people. Inline where a member costs a
 * few instructions; whatever is longer or rare is in src/json, so that generated units compile
 * fast.
 *
 * After a syntax fault the reader stands at the end of the text and only the first fault counts:
 * all that is called later finds nothing and ends, so that codecs need not check after each step.
 */
#ifndef WEFT_CODEC_H
#define WEFT_CODEC_H

#include <weft/json.h>
#include <weft/urlencoded.h>

#define WEFT_MEMBERS_MAX      256 /* members that a type may have */
#define WEFT_MEMBER_UNKNOWN   SIZE_MAX
#define WEFT_MEMBER_REPEATED  (SIZE_MAX - 1)
#define WEFT_JSON_NUMBER_MAX  25 /* bytes that a double can need */
#define WEFT_JSON_INTEGER_MAX 20 /* bytes that an integer can need, and a short one may touch */

/* What is known of a type's members. */
typedef struct weft_members {
    const weft_str *keys; /* in the order of the declaration */
    size_t count;
    uint64_t required[WEFT_MEMBERS_MAX / 64]; /* one bit each */
    uint64_t repeats[WEFT_MEMBERS_MAX / 64];  /* arrays, which are repeated names outside JSON */
    const weft_str *names; /* as the keys, but what they are in C; NULL: the same */
} weft_members;

/* ---- reading ------------------------------------------------------------------------------ */

/* One step of the path from the outermost value to the one being read; lives in its decoder. */
typedef struct weft_json_frame {
    struct weft_json_frame *up;
    const weft_str *key; /* the member; NULL in an array */
    size_t index;        /* the item of an array */
} weft_json_frame;

struct weft_json_reader {
    const char *at;              /* the next byte */
    const char *end;             /* one past the last byte */
    weft_json_frame *frame;      /* the innermost object or array */
    weft_violations *violations; /* what is not of the wanted shape */
    weft_arena *arena;           /* for strings with escapes, and arrays */
    unsigned depth;              /* how many objects and arrays are open */
    bool no_memory;              /* the reason for the fault is want of memory */
    const char *fault_at;        /* where the text is wrong */
    const char *reason;          /* why; NULL while all is well */
};

/* An object being read. */
typedef struct weft_json_object {
    weft_json_frame frame;
    const weft_members *members;
    bool first; /* nothing read yet */
    uint64_t seen[WEFT_MEMBERS_MAX / 64];
    weft_str unknown; /* the last key that is no member's, where somebody wants to know */
} weft_json_object;

/* An array or map being read. */
typedef struct weft_json_array {
    weft_json_frame frame;
    char *at; /* the items, or entries, so far */
    size_t len, capacity;
} weft_json_array;

/* The JSON Pointer of the value being read, in the arena; {NULL, 0} when memory is out or the
 * list of violations full: an array of a million wrong items must not cost a million pointers. */
weft_str weft_json_pointer(weft_json_reader *reader) WEFT_COLD;

static inline bool weft_json_ok(const weft_json_reader *reader)
{
    return reader->reason == NULL;
}

/* Reads over one value of any kind. */
void weft_json_skip(weft_json_reader *reader);

/* Each reads one value. False: it is not of this kind or does not fit (a violation was added and
 * the value skipped), or the text is faulty; *out is untouched. */
bool weft_json_read_str(weft_json_reader *reader, weft_str *out);
bool weft_json_read_bool(weft_json_reader *reader, bool *out);
bool weft_json_read_float(weft_json_reader *reader, float *out);
bool weft_json_read_double(weft_json_reader *reader, double *out);
bool weft__json_read_i64(weft_json_reader *reader, int64_t min, int64_t max, int64_t *out);
bool weft__json_read_u64(weft_json_reader *reader, uint64_t max, uint64_t *out);

#define WEFT__JSON_READ_SIGNED(name, type, min, max)                              \
    static inline bool weft_json_read_##name(weft_json_reader *reader, type *out) \
    {                                                                             \
        int64_t value;                                                            \
        bool good = weft__json_read_i64(reader, min, max, &value);                \
        if (good)                                                                 \
            *out = (type)value;                                                   \
        return good;                                                              \
    }
#define WEFT__JSON_READ_UNSIGNED(name, type, max)                                 \
    static inline bool weft_json_read_##name(weft_json_reader *reader, type *out) \
    {                                                                             \
        uint64_t value;                                                           \
        bool good = weft__json_read_u64(reader, max, &value);                     \
        if (good)                                                                 \
            *out = (type)value;                                                   \
        return good;                                                              \
    }
WEFT__JSON_READ_SIGNED(i8, int8_t, INT8_MIN, INT8_MAX)
WEFT__JSON_READ_SIGNED(i16, int16_t, INT16_MIN, INT16_MAX)
WEFT__JSON_READ_SIGNED(i32, int32_t, INT32_MIN, INT32_MAX)
WEFT__JSON_READ_UNSIGNED(u8, uint8_t, UINT8_MAX)
WEFT__JSON_READ_UNSIGNED(u16, uint16_t, UINT16_MAX)
WEFT__JSON_READ_UNSIGNED(u32, uint32_t, UINT32_MAX)
#undef WEFT__JSON_READ_SIGNED
#undef WEFT__JSON_READ_UNSIGNED

/* *out is an int64_t or a long long, which are different types of one form. */
static inline bool weft_json_read_i64(weft_json_reader *reader, void *out)
{
    int64_t value;
    bool good = weft__json_read_i64(reader, INT64_MIN, INT64_MAX, &value);
    if (good)
        memcpy(out, &value, sizeof value);
    return good;
}

/* *out is a uint64_t or an unsigned long long. */
static inline bool weft_json_read_u64(weft_json_reader *reader, void *out)
{
    uint64_t value;
    bool good = weft__json_read_u64(reader, UINT64_MAX, &value);
    if (good)
        memcpy(out, &value, sizeof value);
    return good;
}

/* Texts of other types. */
#define WEFT__JSON_READ_VALUE(name, type, form) \
    bool weft_json_read_##name(weft_json_reader *reader, type *out);
WEFT_TEXT_VALUES(WEFT__JSON_READ_VALUE)
#undef WEFT__JSON_READ_VALUE
bool weft_json_read_bytes(weft_json_reader *reader, weft_bytes *out);
bool weft_json_read_bytes_url(weft_json_reader *reader, weft_bytes *out);

/* Any value, whose text is taken. */
bool weft_json_read_raw(weft_json_reader *reader, weft_json_raw *out);

/* Takes the value when it is null. */
bool weft_json_take_null(weft_json_reader *reader);

/* Adds the violation of a text that is none of an enumeration; `allowed` lists it for people. */
void weft_json_not_allowed(weft_json_reader *reader, const char *allowed) WEFT_COLD;

/* An object, member by member:
 *     if (!weft_json_object_begin(reader, &object, &members))
 *         return false;
 *     while (weft_json_object_next(reader, &object))
 *         switch (T__member(reader, &object)) { ... default: weft_json_skip(reader); }
 *     return weft_json_object_end(reader, &object);
 * T__member takes the key, with weft_json_take_key or weft_json_read_key, and answers
 * weft_json_member of the member's number. The case of a member goes on to that of the next one
 * when weft_json_follows. */
bool weft_json_object_begin(weft_json_reader *reader, weft_json_object *object,
                            const weft_members *members);
bool weft__json_object_next(weft_json_reader *reader, weft_json_object *object);
bool weft_json_object_end(weft_json_reader *reader, weft_json_object *object);

static inline bool weft_json_object_next(weft_json_reader *reader, weft_json_object *object)
{
    const char *at = reader->at;
    if (WEFT_LIKELY(reader->end - at > 1 && at[0] == ',' && at[1] == '"' && !object->first)) {
        reader->at++;
        return true;
    }
    return weft__json_object_next(reader, object);
}

/* Takes the key when it is written as predicted: `text` is "key": with quotes and colon. */
static inline bool weft_json_take_key(weft_json_reader *reader, const char *text, size_t len)
{
    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, text, len) != 0)
        return false;
    reader->at += len;
    return true;
}

/* Takes any key and its colon. */
weft_str weft_json_read_key(weft_json_reader *reader);

/* The same with white space around the comma that `text` begins with. */
bool weft__json_take_spaced(weft_json_reader *reader, const char *text, size_t len);

/* Takes the comma and the key of member `index` when they are what comes next, as the declaration
 * predicts: `text` is ,"key": with quotes and colon. False says nothing, for a second time
 * neither. */
static inline bool weft_json_follows(weft_json_reader *reader, weft_json_object *object,
                                     size_t index, const char *text, size_t len)
{
    uint64_t bit = UINT64_C(1) << (index % 64), *seen = &object->seen[index / 64];
    if ((*seen & bit) != 0)
        return false;
    if (WEFT_UNLIKELY(!weft_json_take_key(reader, text, len)) &&
        !weft__json_take_spaced(reader, text, len))
        return false;
    *seen |= bit;
    object->frame.key = &object->members->keys[index];
    return true;
}

size_t weft__json_repeated(weft_json_reader *reader) WEFT_COLD;

/* Notes that member `index` is being read and answers it. The second time is a violation, and the
 * answer WEFT_MEMBER_REPEATED. */
static inline size_t weft_json_member(weft_json_reader *reader, weft_json_object *object,
                                      size_t index)
{
    if (index == WEFT_MEMBER_UNKNOWN)
        return index;
    uint64_t bit = UINT64_C(1) << (index % 64);
    object->frame.key = &object->members->keys[index];
    if (WEFT_UNLIKELY((object->seen[index / 64] & bit) != 0))
        return weft__json_repeated(reader);
    object->seen[index / 64] |= bit;
    return index;
}

/* Adds the violation that the type has no member object->unknown, and skips its value. */
void weft_json_refuse_unknown(weft_json_reader *reader, weft_json_object *object) WEFT_COLD;

/* Looks ahead for the string member of `tag`, its only one, in the object that is next; the reader
 * stays before it. False, and the object is skipped: it has none, or is no object. */
bool weft_json_find_tag(weft_json_reader *reader, const weft_members *tag, weft_str *out);

/* Adds the violation that the string is none of an enumeration, and skips the object. */
void weft_json_refuse_tag(weft_json_reader *reader, const weft_members *tag, const char *allowed)
    WEFT_COLD;

/* An array, item by item: next gives the address for the next item, NULL after the last one. */
bool weft_json_array_begin(weft_json_reader *reader, weft_json_array *array);
void *weft_json_array_next(weft_json_reader *reader, weft_json_array *array, size_t size,
                           size_t align);
bool weft_json_array_end(weft_json_reader *reader, weft_json_array *array);

/* A map, entry by entry: next gives the address of the next entry, which begins with its key. The
 * end refuses names that come twice. */
bool weft_json_map_begin(weft_json_reader *reader, weft_json_array *map);
void *weft_json_map_next(weft_json_reader *reader, weft_json_array *map, size_t size, size_t align);
bool weft_json_map_end(weft_json_reader *reader, weft_json_array *map, size_t size);

/* The members that a type does not have, as entries: next after each object->unknown (NULL: memory
 * is out), end before that of the object. */
void *weft_json_rest_next(weft_json_reader *reader, weft_json_object *object, weft_json_array *rest,
                          size_t size, size_t align);
void weft_json_rest_end(weft_json_reader *reader, weft_json_object *object,
                        const weft_json_array *rest, size_t size);

/* ---- query strings and forms -------------------------------------------------------------- */

/* The pairs of a text, one by one, into the members of a type:
 *     weft_pairs pairs = {.rest = text, .arena = arena, ...};
 *     while (weft_pairs_next(&pairs))
 *         switch (weft_pairs_member(&pairs, T__find(pairs.name))) { ... }
 *     return weft_pairs_end(&pairs); */
typedef struct weft_pairs {
    weft_str rest;               /* what is not yet read */
    weft_arena *arena;           /* for what has to be decoded */
    const char *in;              /* "query" or "body", for violations */
    weft_violations *violations; /* what is wrong with the values */
    const weft_members *members;
    weft_str name, value;           /* the current pair */
    weft_urlencoded_result failure; /* INVALID or NO_MEMORY; OK: there was none */
    uint64_t seen[WEFT_MEMBERS_MAX / 64];
} weft_pairs;

bool weft_pairs_next(weft_pairs *pairs);

/* As weft_json_member. */
size_t weft_pairs_member(weft_pairs *pairs, size_t index);

/* Makes room for one more item of an array that has `len` of them at `at`; where they are now.
 * NULL, and the walk ends: memory is out. */
void *weft_pairs_grow(weft_pairs *pairs, const void *at, size_t len, size_t size, size_t align);

/* Adds the violation that the type has no member of the current pair's name. */
void weft_pairs_refuse_unknown(weft_pairs *pairs) WEFT_COLD;

/* Adds what is required and missing. OK; INVALID when the text is not UTF-8; NO_MEMORY. */
weft_urlencoded_result weft_pairs_end(weft_pairs *pairs);

/* ---- writing ------------------------------------------------------------------------------ */

/* Encoders reserve room for all up to the next string at once, and write it through a pointer. */
static inline char *weft_json_put(char *at, const char *text, size_t len)
{
    memcpy(at, text, len);
    return at + len;
}

static inline char *weft_json_put_bool(char *at, bool value)
{
    return value ? weft_json_put(at, "true", 4) : weft_json_put(at, "false", 5);
}

static inline char *weft_json_put_i64(char *at, int64_t value)
{
    return at + weft_i64_to_text(value, at);
}

static inline char *weft_json_put_u64(char *at, uint64_t value)
{
    return at + weft_u64_to_text(value, at);
}

/* The shortest text that reads back as the same value, at most WEFT_JSON_NUMBER_MAX bytes; "null"
 * when it is not finite. */
char *weft_json_put_double(char *at, double value);
char *weft_json_put_float(char *at, float value);

/* Everything up to `at` is written. */
static inline void weft_json_commit(weft_buffer *to, const char *at)
{
    to->len = (size_t)(at - to->at);
}

/* Writes a key that is not known before, after a character. */
static inline void weft_json_append_key(weft_buffer *to, char before, weft_str key)
{
    weft_buffer_append(to, &before, 1);
    weft_buffer_append_quoted(to, key);
    weft_buffer_append(to, ":", 1);
}

/* Writes a string, and reserves `more` bytes after it; NULL when memory is out. */
static inline char *weft_json_put_str(weft_buffer *to, char *at, weft_str s, size_t more)
{
    return weft__buffer_put_quoted(to, at, s.at, s.len, more);
}

static inline char *weft_json_put_decimal(weft_buffer *to, char *at, weft_decimal value,
                                          size_t more)
{
    return weft_json_put_str(to, at, value.text.len != 0 ? value.text : WEFT_STR("0"), more);
}

/* Writes a value as it is, and reserves `more` bytes after it; NULL when memory is out. */
static inline char *weft_json_put_raw(weft_buffer *to, const char *at, weft_json_raw value,
                                      size_t more)
{
    weft_json_commit(to, at);
    weft_buffer_append_str(to, value.text.len != 0 ? value.text : WEFT_STR("null"));
    return weft_buffer_reserve(to, more);
}

char *weft__json_put_base64(weft_buffer *to, const char *at, weft_bytes value, weft_base64 form,
                            size_t more);

static inline char *weft_json_put_bytes(weft_buffer *to, const char *at, weft_bytes value,
                                        size_t more)
{
    return weft__json_put_base64(to, at, value, WEFT_BASE64, more);
}

static inline char *weft_json_put_bytes_url(weft_buffer *to, const char *at, weft_bytes value,
                                            size_t more)
{
    return weft__json_put_base64(to, at, value, WEFT_BASE64URL, more);
}

/* The text in quotes; null when there is none. At most that size and 2 bytes. */
char *weft_json_put_timestamp(char *at, weft_timestamp value);
char *weft_json_put_date(char *at, weft_date value);
char *weft_json_put_uuid(char *at, weft_uuid value);

#endif
