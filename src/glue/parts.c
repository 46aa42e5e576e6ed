/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/parts.c: forms with files into records: each part is taken as what its member is, a text or
 * a file.
 */
#include "glue/binding.h"

#include <weft/glue.h>

/* A file that was not chosen is a part all the same, with an empty name: it does not count. */
bool weft_parts_next(weft_parts *parts, const weft_members *members)
{
    weft_part *part = &parts->part;
    WEFT_LENT(parts->form);
    parts->pairs.members = members;
    do {
        if (weft_multipart_next(parts->form, part) != WEFT_HTTP_OK)
            return false;
    } while (part->filename.at != NULL && part->filename.len == 0);
    parts->pairs.name = part->name;
    return true;
}

static bool refuse(weft_parts *parts, const char *detail)
{
    weft_violations *list = parts->pairs.violations;
    weft_violations_add(list, "body", weft__glue_pointer(list->arena, parts->part.name), "type",
                        "%s", detail);
    return false;
}

bool weft_parts_text(weft_parts *parts)
{
    if (parts->part.filename.at != NULL)
        return refuse(parts, "must be a text, not a file");
    return weft_part_text(&parts->part, &parts->pairs.value) == WEFT_HTTP_OK;
}

bool weft_parts_upload(weft_parts *parts, weft_upload *out)
{
    if (parts->part.filename.at == NULL)
        return refuse(parts, "must be a file");
    return weft_part_upload(&parts->part, out) == WEFT_HTTP_OK;
}

void weft_bind_multipart(weft_binding *binding, weft_parts_decode_fn *decode, void *into)
{
    weft_violations *violations = &binding->violations;
    weft_parts parts = {
        .pairs = {.arena = violations->arena, .in = "body", .violations = violations}};
    if (binding->status != 0 || violations->total != 0)
        return;
    weft_http_status status = weft_multipart_open(&parts.form, binding->request, NULL);
    if (status == WEFT_HTTP_OK) {
        decode(&parts, into);
        status = weft_multipart_close(parts.form);
    }
    if (status == WEFT_HTTP_OK && weft_pairs_end(&parts.pairs) != WEFT_URLENCODED_OK)
        status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (status != WEFT_HTTP_OK)
        binding->status = status;
    else
        weft__binding_judge(binding);
}
