/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/json: one struct of 12 fields, 411 bytes of JSON, decoded and encoded by what weftgen
 * writes, by jansson, by cJSON and, where it is installed, by yyjson. Decoding ends with the fields
 * in a struct, strings as views or borrowed pointers; encoding starts from a struct and ends with
 * the text in memory. bench/peers/serde-micro does the same.
 */
#include <cJSON.h>
#include <jansson.h>
#include <stdio.h>
#ifdef BENCH_YYJSON
#include <yyjson.h>
#endif

#include "account.weft.h"
#include "measure.h"

enum { TIMES = 100000 };

static const char text[] =
    "{\"id\":4711000815,\"name\":\"Wilhelmina "
    "Featherstone\",\"email\":\"wilhelmina@weaving.example\","
    "\"phone\":\"+49 30 901820-4711\",\"company\":\"Featherstone Weaving & Sons\","
    "\"street\":\"Unter den Linden 77, Hinterhaus\",\"city\":\"Berlin\","
    "\"about\":\"Weaves since 1987, mostly linen and wool; teaches on Saturdays, and repairs looms "
    "of any make when the weather is bad.\",\"active\":true,\"visits\":1234,\"balance\":1999.95,"
    "\"latitude\":52.516278}";

static weft_arena memory;

static void must(bool good, const char *what)
{
    if (!good) {
        (void)fprintf(stderr, "json: %s failed\n", what);
        exit(EXIT_FAILURE);
    }
}

/* The address, of which the compiler knows nothing any more: neither what is there, nor that nobody
 * reads it. Else it would see through the constants of this file, which serde_json is not shown. */
static const void *opaque(const void *address)
{
    __asm__ volatile("" : "+r"(address) : : "memory");
    return address;
}

/* ---- Weft ---- */

static void weft_decode(account *out)
{
    weft_violations violations = {.arena = &memory};
    weft_json_fault fault;
    weft_json_verdict verdict = weft_json_decode((weft_str){opaque(text), sizeof text - 1}, &memory,
                                                 account__decode_json, out, &violations, &fault);
    must(verdict == WEFT_JSON_OK, "decoding");
}

static size_t weft_encode(const account *in)
{
    weft_buffer buffer;
    weft_buffer_init(&buffer, &memory);
    account__encode_json(&buffer, in);
    must(!buffer.failed, "encoding");
    size_t len = buffer.len;
    weft_arena_reset(&memory);
    return len;
}

/* Into a buffer that keeps its room. */
static size_t weft_reusing_encode(const account *in)
{
    static weft_arena kept;
    static weft_buffer buffer = {.arena = &kept};
    buffer.len = 0;
    account__encode_json(&buffer, in);
    return buffer.len;
}

/* ---- jansson ---- */

static str jansson_str(json_t *root, const char *key)
{
    json_t *value = json_object_get(root, key);
    return (str){json_string_value(value), json_string_length(value)};
}

static void jansson_decode(account *out)
{
    json_error_t error;
    json_t *root = json_loadb(text, sizeof text - 1, JSON_REJECT_DUPLICATES, &error);
    must(root != NULL, "jansson");
    *out = (account){.id = json_integer_value(json_object_get(root, "id")),
                     .name = jansson_str(root, "name"),
                     .email = jansson_str(root, "email"),
                     .phone = jansson_str(root, "phone"),
                     .company = jansson_str(root, "company"),
                     .street = jansson_str(root, "street"),
                     .city = jansson_str(root, "city"),
                     .about = jansson_str(root, "about"),
                     .active = json_is_true(json_object_get(root, "active")),
                     .visits = (int32_t)json_integer_value(json_object_get(root, "visits")),
                     .balance = json_real_value(json_object_get(root, "balance")),
                     .latitude = json_real_value(json_object_get(root, "latitude"))};
    json_decref(root);
}

static void jansson_add(json_t *root, const char *key, str value)
{
    (void)json_object_set_new(root, key, json_stringn(value.at, value.len));
}

static size_t jansson_encode(const account *in)
{
    json_t *root = json_object();
    (void)json_object_set_new(root, "id", json_integer(in->id));
    jansson_add(root, "name", in->name);
    jansson_add(root, "email", in->email);
    jansson_add(root, "phone", in->phone);
    jansson_add(root, "company", in->company);
    jansson_add(root, "street", in->street);
    jansson_add(root, "city", in->city);
    jansson_add(root, "about", in->about);
    (void)json_object_set_new(root, "active", json_boolean(in->active));
    (void)json_object_set_new(root, "visits", json_integer(in->visits));
    (void)json_object_set_new(root, "balance", json_real(in->balance));
    (void)json_object_set_new(root, "latitude", json_real(in->latitude));
    char *written = json_dumps(root, JSON_COMPACT);
    must(written != NULL, "jansson");
    size_t len = strlen(written);
    free(written);
    json_decref(root);
    return len;
}

/* ---- cJSON, which knows no lengths: the strings of `in` end with NUL here ---- */

static str cjson_str(const cJSON *root, const char *key)
{
    return weft_str_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, key)));
}

static double cjson_number(const cJSON *root, const char *key)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(root, key));
}

static void cjson_decode(account *out)
{
    cJSON *root = cJSON_ParseWithLength(text, sizeof text - 1);
    must(root != NULL, "cJSON");
    *out = (account){.id = (int64_t)cjson_number(root, "id"),
                     .name = cjson_str(root, "name"),
                     .email = cjson_str(root, "email"),
                     .phone = cjson_str(root, "phone"),
                     .company = cjson_str(root, "company"),
                     .street = cjson_str(root, "street"),
                     .city = cjson_str(root, "city"),
                     .about = cjson_str(root, "about"),
                     .active = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "active")),
                     .visits = (int32_t)cjson_number(root, "visits"),
                     .balance = cjson_number(root, "balance"),
                     .latitude = cjson_number(root, "latitude")};
    cJSON_Delete(root);
}

static size_t cjson_encode(const account *in)
{
    cJSON *root = cJSON_CreateObject();
    (void)cJSON_AddNumberToObject(root, "id", (double)in->id);
    (void)cJSON_AddStringToObject(root, "name", in->name.at);
    (void)cJSON_AddStringToObject(root, "email", in->email.at);
    (void)cJSON_AddStringToObject(root, "phone", in->phone.at);
    (void)cJSON_AddStringToObject(root, "company", in->company.at);
    (void)cJSON_AddStringToObject(root, "street", in->street.at);
    (void)cJSON_AddStringToObject(root, "city", in->city.at);
    (void)cJSON_AddStringToObject(root, "about", in->about.at);
    (void)cJSON_AddBoolToObject(root, "active", in->active);
    (void)cJSON_AddNumberToObject(root, "visits", in->visits);
    (void)cJSON_AddNumberToObject(root, "balance", in->balance);
    (void)cJSON_AddNumberToObject(root, "latitude", in->latitude);
    char *written = cJSON_PrintUnformatted(root);
    must(written != NULL, "cJSON");
    size_t len = strlen(written);
    cJSON_free(written);
    cJSON_Delete(root);
    return len;
}

/* ---- yyjson, with the allocator that it is meant to be used with ---- */

#ifdef BENCH_YYJSON
static char pool[65536];

static str yyjson_str(yyjson_val *root, const char *key)
{
    yyjson_val *value = yyjson_obj_get(root, key);
    return (str){yyjson_get_str(value), yyjson_get_len(value)};
}

static void yyjson_decode(account *out)
{
    yyjson_alc allocator;
    must(yyjson_alc_pool_init(&allocator, pool, sizeof pool), "yyjson");
    yyjson_doc *document = yyjson_read_opts((char *)(uintptr_t)text, sizeof text - 1, 0, &allocator,
                                            NULL);
    must(document != NULL, "yyjson");
    yyjson_val *root = yyjson_doc_get_root(document);
    *out = (account){.id = yyjson_get_sint(yyjson_obj_get(root, "id")),
                     .name = yyjson_str(root, "name"),
                     .email = yyjson_str(root, "email"),
                     .phone = yyjson_str(root, "phone"),
                     .company = yyjson_str(root, "company"),
                     .street = yyjson_str(root, "street"),
                     .city = yyjson_str(root, "city"),
                     .about = yyjson_str(root, "about"),
                     .active = yyjson_get_bool(yyjson_obj_get(root, "active")),
                     .visits = yyjson_get_int(yyjson_obj_get(root, "visits")),
                     .balance = yyjson_get_real(yyjson_obj_get(root, "balance")),
                     .latitude = yyjson_get_real(yyjson_obj_get(root, "latitude"))};
    yyjson_doc_free(document);
}

static void yyjson_add(yyjson_mut_doc *document, yyjson_mut_val *root, const char *key, str value)
{
    (void)yyjson_mut_obj_add_strn(document, root, key, value.at, value.len);
}

static size_t yyjson_encode(const account *in)
{
    yyjson_alc allocator;
    must(yyjson_alc_pool_init(&allocator, pool, sizeof pool), "yyjson");
    yyjson_mut_doc *document = yyjson_mut_doc_new(&allocator);
    yyjson_mut_val *root = yyjson_mut_obj(document);
    yyjson_mut_doc_set_root(document, root);
    (void)yyjson_mut_obj_add_sint(document, root, "id", in->id);
    yyjson_add(document, root, "name", in->name);
    yyjson_add(document, root, "email", in->email);
    yyjson_add(document, root, "phone", in->phone);
    yyjson_add(document, root, "company", in->company);
    yyjson_add(document, root, "street", in->street);
    yyjson_add(document, root, "city", in->city);
    yyjson_add(document, root, "about", in->about);
    (void)yyjson_mut_obj_add_bool(document, root, "active", in->active);
    (void)yyjson_mut_obj_add_int(document, root, "visits", in->visits);
    (void)yyjson_mut_obj_add_real(document, root, "balance", in->balance);
    (void)yyjson_mut_obj_add_real(document, root, "latitude", in->latitude);
    size_t len;
    must(yyjson_mut_write_opts(document, 0, &allocator, &len, NULL) != NULL, "yyjson");
    yyjson_mut_doc_free(document);
    return len;
}
#endif

/* ---- measuring ---- */

static const account sample = {.id = 4711000815,
                               .name = STR("Wilhelmina Featherstone"),
                               .email = STR("wilhelmina@weaving.example"),
                               .phone = STR("+49 30 901820-4711"),
                               .company = STR("Featherstone Weaving & Sons"),
                               .street = STR("Unter den Linden 77, Hinterhaus"),
                               .city = STR("Berlin"),
                               .about = STR("Weaves since 1987, mostly linen and wool; teaches on "
                                            "Saturdays, and repairs looms of any make when the "
                                            "weather is bad."),
                               .active = true,
                               .visits = 1234,
                               .balance = 1999.95,
                               .latitude = 52.516278};

#define ENCODES(library)                                           \
    static void library##_encodes(unsigned times)                  \
    {                                                              \
        for (unsigned i = 0; i < times; i++)                       \
            must(library##_encode(opaque(&sample)) > 0, #library); \
    }

/* The two cases of a library. */
#define CASES(library)                            \
    ENCODES(library)                              \
    static void library##_decodes(unsigned times) \
    {                                             \
        account out = {0};                        \
        for (unsigned i = 0; i < times; i++) {    \
            library##_decode(&out);               \
            opaque(&out);                         \
        }                                         \
        must(out.visits == 1234, "decoding");     \
    }

ENCODES(weft_reusing)
CASES(weft)
CASES(jansson)
CASES(cjson)
#ifdef BENCH_YYJSON
CASES(yyjson)
#endif

int main(void)
{
    weft_arena_init(&memory, 0);
    measure("JSON of 12 fields decoded", weft_decodes, TIMES);
    measure("JSON of 12 fields encoded", weft_encodes, TIMES);
    measure("JSON of 12 fields encoded, reusing", weft_reusing_encodes, TIMES);
    if (measure_counts())
        return 0;
    measure("JSON of 12 fields decoded, jansson", jansson_decodes, TIMES / 10);
    measure("JSON of 12 fields encoded, jansson", jansson_encodes, TIMES / 10);
    measure("JSON of 12 fields decoded, cJSON", cjson_decodes, TIMES / 10);
    measure("JSON of 12 fields encoded, cJSON", cjson_encodes, TIMES / 10);
#ifdef BENCH_YYJSON
    measure("JSON of 12 fields decoded, yyjson", yyjson_decodes, TIMES);
    measure("JSON of 12 fields encoded, yyjson", yyjson_encodes, TIMES);
#endif
    return 0;
}
