/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One struct of 12 fields, 400 bytes of JSON, decoded and encoded by what weftgen writes, by
 * jansson and by cJSON. Decoding ends with the fields in a struct, strings as views or borrowed
 * pointers; encoding starts from a struct and ends with the text in memory. Rounds of the three
 * take turns; the table shows the median round. With a count as argument only Weft runs, that
 * often, for instruction counts: valgrind --tool=callgrind.
 */
#include <cJSON.h>
#include <jansson.h>
#include <stdio.h>

#include "account.weft.h"

enum { ROUNDS = 21, OPERATIONS = 4000 };

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
        (void)fprintf(stderr, "bench_json: %s failed\n", what);
        exit(EXIT_FAILURE);
    }
}

/* ---- Weft ---- */

static void weft_decode(account *out)
{
    weft_violations violations = {.arena = &memory};
    weft_json_fault fault;
    weft_json_verdict verdict = weft_json_decode((weft_str){text, sizeof text - 1}, &memory,
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

/* ---- measuring ---- */

typedef struct library {
    const char *name;
    void (*decode)(account *out);
    size_t (*encode)(const account *in);
    double decoding[ROUNDS], encoding[ROUNDS]; /* nanoseconds per operation */
} library;

static library libraries[] = {
    {.name = "weft", .decode = weft_decode, .encode = weft_encode},
    {.name = "jansson", .decode = jansson_decode, .encode = jansson_encode},
    {.name = "cJSON", .decode = cjson_decode, .encode = cjson_encode}};
enum { LIBRARIES = sizeof libraries / sizeof *libraries };

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

static void run_round(library *which, int round)
{
    account out;
    size_t len = 0;
    int64_t start = weft_clock_now();
    for (int i = 0; i < OPERATIONS; i++)
        which->decode(&out);
    int64_t middle = weft_clock_now();
    for (int i = 0; i < OPERATIONS; i++)
        len += which->encode(&sample);
    int64_t end = weft_clock_now();
    must(out.visits == 1234 && len != 0, which->name);
    which->decoding[round] = (double)(middle - start) / OPERATIONS;
    which->encoding[round] = (double)(end - middle) / OPERATIONS;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static double median(double *rounds)
{
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    return rounds[ROUNDS / 2];
}

static void print_table(void)
{
    double decode = 0, encode = 0;
    printf("%zu bytes, 12 fields; median of %d rounds of %d operations\n\n", sizeof text - 1,
           ROUNDS, OPERATIONS);
    printf("| library | decode ns | ratio | encode ns | ratio |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < LIBRARIES; i++) {
        double decoding = median(libraries[i].decoding), encoding = median(libraries[i].encoding);
        decode = i == 0 ? decoding : decode;
        encode = i == 0 ? encoding : encode;
        printf("| %s | %.0f | %.1f | %.0f | %.1f |\n", libraries[i].name, decoding,
               decoding / decode, encoding, encoding / encode);
    }
}

static void run_weft_only(int count)
{
    account out;
    for (int i = 0; i < count; i++) {
        weft_decode(&out);
        (void)weft_encode(&out);
    }
}

int main(int argc, char **argv)
{
    weft_arena_init(&memory, 0);
    if (argc > 1) {
        run_weft_only(atoi(argv[1]));
        return 0;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < LIBRARIES; i++)
            run_round(&libraries[i], round);
    }
    print_table();
    return 0;
}
