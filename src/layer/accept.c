/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/accept.c: the reading of Accept-Encoding.
 */
#include "layer/accept.h"
#include "http/message.h"

enum { UNSAID = -1, MALFORMED = -2, WANTED = 1000 };

static weft_str cut(weft_str *rest, char c)
{
    return weft__trim(weft__cut(rest, c));
}

/* qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), in thousandths. */
static int parse_weight(weft_str s)
{
    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') ||
        (s.len > 1 && s.at[1] != '.'))
        return MALFORMED;
    int weight = (s.at[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < s.len; i++, unit /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return MALFORMED;
        weight += (s.at[i] - '0') * (int)unit;
    }
    return weight <= WANTED ? weight : MALFORMED;
}

/* The weight among the parameters of an element. */
static int weight_of(weft_str parameters)
{
    while (parameters.len != 0) {
        weft_str value = cut(&parameters, ';');
        weft_str name = cut(&value, '=');
        if (weft_str_equal_nocase(name, WEFT_STR("q")))
            return parse_weight(weft__trim(value));
    }
    return WANTED;
}

typedef struct weights {
    int gzip, brotli, identity, others; /* or UNSAID */
} weights;

static void read_element(weights *said, weft_str element)
{
    weft_str coding = cut(&element, ';');
    int weight = weight_of(element);
    if (weight == MALFORMED)
        return;
    if (weft_str_equal_nocase(coding, WEFT_STR("gzip")) ||
        weft_str_equal_nocase(coding, WEFT_STR("x-gzip")))
        said->gzip = weight;
    else if (weft_str_equal_nocase(coding, WEFT_STR("br")))
        said->brotli = weight;
    else if (weft_str_equal_nocase(coding, WEFT_STR("identity")))
        said->identity = weight;
    else if (weft_str_equal(coding, WEFT_STR("*")))
        said->others = weight;
}

weft__accept weft__accept_of(const weft_request *request)
{
    weights said = {UNSAID, UNSAID, UNSAID, UNSAID};
    for (size_t i = 0; i < weft_request_header_count(request); i++) {
        weft_str name, value;
        weft_request_header_at(request, i, &name, &value);
        if (!weft_str_equal_nocase(name, WEFT_STR("accept-encoding")))
            continue;
        while (value.len != 0)
            read_element(&said, cut(&value, ','));
    }
    bool listed = said.identity != UNSAID;
    int unlisted = said.others != UNSAID ? said.others : 0;
    if (said.gzip == UNSAID)
        said.gzip = unlisted;
    if (said.brotli == UNSAID)
        said.brotli = unlisted;
    if (said.identity == UNSAID) /* "*;q=0" refuses it, another "*" does not speak of it */
        said.identity = said.others == 0 ? 0 : WANTED;
    return (weft__accept){said.gzip, said.brotli, said.identity, listed};
}
