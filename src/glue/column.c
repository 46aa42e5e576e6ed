/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/column.c: JSON in the columns of a database.
 */
#include <weft/glue.h>

weft_db_result weft_db_json(weft_arena *arena, weft_json_encode_fn *encode, const void *from,
                            weft_db_value *out)
{
    weft_buffer text;
    weft_buffer_init(&text, arena);
    encode(&text, from);
    if (text.failed)
        return WEFT_DB_NO_MEMORY;
    *out = (weft_db_value){.type = WEFT_DB_JSON, .text = weft_buffer_str(&text)};
    return WEFT_DB_OK;
}

weft_db_result weft_db_list(weft_arena *arena, weft_json_encode_fn *encode, const void *from,
                            size_t len, weft_db_value *out)
{
    if (len <= WEFT_DB_LIST_MAX)
        return weft_db_json(arena, encode, from, out);
    *out = WEFT_DB_ARRAY_OF(WEFT_DB_JSON, NULL, len); /* never read: it is too long for a call */
    return WEFT_DB_OK;
}

weft_db_result weft_row_json(const weft_row *row, unsigned column, weft_arena *arena,
                             weft_json_decode_fn *decode, void *into)
{
    weft_str text;
    weft_violations violations = {.arena = arena};
    weft_json_fault fault;
    WEFT_TRY(weft_row_str(row, column, arena, &text));
    switch (weft_json_decode(text, arena, decode, into, &violations, &fault)) {
    case WEFT_JSON_OK: return WEFT_DB_OK;
    case WEFT_JSON_SYNTAX: return weft_row_refuse(row, column, "holds no JSON");
    case WEFT_JSON_SHAPE: break;
    case WEFT_JSON_NO_MEMORY: return WEFT_DB_NO_MEMORY;
    }
    return weft_row_refuse(row, column, "holds JSON of another shape");
}

weft_db_result weft_row_raw(const weft_row *row, unsigned column, weft_arena *arena,
                            weft_json_raw *out)
{
    weft_str text;
    weft_json_fault fault;
    WEFT_TRY(weft_row_str(row, column, arena, &text));
    if (weft_json_check(text, &fault) != WEFT_JSON_OK)
        return weft_row_refuse(row, column, "holds no JSON");
    out->text = text;
    return WEFT_DB_OK;
}
