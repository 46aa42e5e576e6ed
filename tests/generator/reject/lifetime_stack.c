/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A text on the stack is used when the function has returned.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct label {
    str text;
    int32_t id;
} label;

struct parts {
    char text[8];
};

str last_text(void);
str spell(int32_t id);
label whole(int32_t id);
static const char *latest;

http_status answer(int32_t id, label *out, str *also);
http_status answer(int32_t id, label *out, str *also)
{
    char text[16] = "No. ";
    struct parts parts = {"a"};
    text[4] = (char)('0' + id % 10);
    out->text = (str){text, 5};
    *also = weft_str_from(text);
    *out = (label){.id = id, .text = {.at = text + 0, .len = 5}};
    *out = (label){.id = id, .text = {.at = text, .len = 5}};
    str view = {text, 5};
    label local = {.text = view};
    out->text = id > 0 ? local.text : STR("none");
    out->text.at = parts.text;
    latest = text;
    return HTTP_OK;
}

str spell(int32_t id)
{
    char text[16];
    text[0] = (char)('0' + id % 10);
    return (str){text, 1};
}

label whole(int32_t id)
{
    char text[16];
    text[0] = (char)('0' + id % 10);
    label made = {.id = id};
    made.text = weft_str_skip(weft_str_from(text), 1);
    return made;
}
