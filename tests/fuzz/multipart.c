/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms of parts. The first line of the input is the parameters of a Content-Type, the rest a body:
 * whole, byte by byte and cut in two, the parts and the refusal are the same; names of files are fit
 * for a folder; and what was written as a part reads back.
 */
#include "fuzz.h"
#include "parts.h"

static void fit_for_a_folder(weft_str name)
{
    CHECK(name.len <= WEFT_FILENAME_MAX && weft_utf8_valid(name));
    for (size_t i = 0; i < name.len; i++)
        CHECK((unsigned char)name.at[i] >= ' ' && name.at[i] != '/' && name.at[i] != '\\');
    CHECK(!weft_str_equal(name, WEFT_STR(".")) && !weft_str_equal(name, WEFT_STR("..")));
}

/* As a head by itself, which need not be reached through a body. */
static void read_a_head(weft_str bytes)
{
    char *head = malloc(bytes.len + 4);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] != '\n' || (len != 0 && head[len - 1] == '\r'))
            head[len++] = bytes.at[i];
    while (len != 0 && head[len - 1] != '\n')
        len--;
    memcpy(head + len, "\r\n", 2);
    weft__part_head out;
    if (weft__part_head_read(head, len + 2, &out) == NULL) {
        CHECK(weft_utf8_valid(out.name));
        fit_for_a_folder(out.filename);
    }
    free(head);
}

static void read_back(weft_str boundary, weft_str content)
{
    parts p;
    weft_arena arena;
    weft_buffer body;
    weft_arena_init(&arena, 0);
    weft_buffer_init(&body, &arena);
    weft_buffer_printf(&body, "--%.*s\r\nContent-Disposition: form-data; name=a\r\n\r\n",
                       WEFT_STR_ARGS(boundary));
    weft_buffer_append_str(&body, content);
    weft_buffer_printf(&body, "\r\n--%.*s--\r\n", WEFT_STR_ARGS(boundary));
    CHECK(parts_run(&p, boundary, weft_buffer_str(&body), 0, 64));
    weft_str record = weft_buffer_str(&p.record);
    if (content.len < boundary.len + 2) { /* it has no delimiter */
        CHECK(!p.bad && record.len == content.len + 3);
        CHECK(weft_str_equal((weft_str){record.at + 2, content.len}, content));
    }
    parts_end(&p);
    weft_arena_reset(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str body = input_of(data, size), boundary;
    parts whole;
    bool found = weft__boundary_find(input_until(&body, '\n'), &boundary) == NULL;
    read_a_head(body);
    if (!found)
        return 0;
    CHECK(parts_run(&whole, boundary, body, 0, body.len + 1));
    CHECK(parts_cut_same(&whole, boundary, body, 0, 1));
    CHECK(parts_cut_same(&whole, boundary, body, body.len != 0 ? data[size - 1] % body.len : 0,
                         body.len + 1));
    if (whole.parser.len != 0)
        read_back(boundary, body);
    parts_end(&whole);
    return 0;
}
