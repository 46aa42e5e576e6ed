/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/derive.h: the notes that weftgen reads. For the compiler they are nothing (or a reference
 * that makes the linker say what to run when the generated code is missing); for the generator
 * (-DWEFT_GENERATOR) they are annotations.
 */
#ifndef WEFT_DERIVE_H
#define WEFT_DERIVE_H

#include <weft/base.h>

#ifdef WEFT_GENERATOR
#define WEFT__NOTE(text) __attribute__((annotate(text)))
#define WEFT__NEEDS_GLUE
#else
#define WEFT__NOTE(text)
#endif

/* A file with declarations to complete that is compiled itself, instead of what weftgen made of it,
 * fails to link with this name, which says what to do. Who only includes a header with declarations
 * has nothing to complete. */
#ifdef WEFT_GENERATED
#define WEFT__NEEDS_GLUE
#elif !defined(WEFT_GENERATOR)
void weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file(void);
#define WEFT__GLUE_NAME_(n) weft__glue_needed_##n
#define WEFT__GLUE_NAME(n)  WEFT__GLUE_NAME_(n)
#define WEFT__NEEDS_GLUE                                                             \
    static void (*const WEFT__GLUE_NAME(__COUNTER__))(void) __attribute__((used)) =  \
        __INCLUDE_LEVEL__ == 0                                                       \
            ? weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file \
            : NULL;
#endif

/* Before a typedef: what to generate for it. json, query, form, multipart, row, state; attached:
 * what a layer attaches to a request; message: json that the program reads and writes by itself
 * (weft/message.h); strict: what is read and has a member that the type does not is refused, not
 * ignored. */
#define DERIVE(...) WEFT__NEEDS_GLUE WEFT__NOTE("weft:derive:" #__VA_ARGS__)

/* Before a prototype: the statement that it stands for. One string literal, or several in a row.
 * Whether it succeeded must be looked at. */
#define SQL(...) WEFT__NEEDS_GLUE WEFT__NOTE("weft:sql:" #__VA_ARGS__) WEFT_NODISCARD

/* Between SQL(..) and its prototype. PRESENT: these result columns are never NULL, which the check
 * cannot see; a NULL that comes all the same fails the statement. ANY_COLUMNS: `*` is meant. */
#define PRESENT(...) WEFT__NOTE("weft:present:" #__VA_ARGS__)
#define ANY_COLUMNS  WEFT__NOTE("weft:any_columns")

/* After a field or a parameter. LENGTH counts characters of a str, items of an array or map, bytes;
 * RANGE bounds a number; both ends are included. PATTERN is a POSIX extended regular expression for
 * the whole text. RENAME gives the name outside C. DEFAULT makes the input optional: a literal as
 * written in C. BASE64URL: bytes in the alphabet of URLs, without padding. */
#define LENGTH(min, max) WEFT__NOTE("weft:length:" #min ":" #max)
#define RANGE(min, max)  WEFT__NOTE("weft:range:" #min ":" #max)
#define EMAIL            WEFT__NOTE("weft:email")
#define PATTERN(text)    WEFT__NOTE("weft:pattern:" text)
#define RENAME(text)     WEFT__NOTE("weft:rename:" text)
#define DEFAULT(...)     WEFT__NOTE("weft:default:" #__VA_ARGS__)
#define HEADER(text)     WEFT__NOTE("weft:header:" text)
#define BASE64URL        WEFT__NOTE("weft:base64url")

/* After a parameter of a handler: where it comes from. COOKIE: the value of a cookie in the clear.
 * BODY: the whole body, whatever its type says; as str it is text in UTF-8, as bytes any. */
#define COOKIE(text) WEFT__NOTE("weft:cookie:" text)
#define BODY         WEFT__NOTE("weft:body")

/* After a field. FLATTEN: the members of this record stand among those of the record that holds it;
 * of a MAP: all members stand here that are no other field's. TAG: this enum says which member of
 * the record's anonymous union holds, the one that is called as the enumerator; its members stand
 * among the others. */
#define FLATTEN WEFT__NOTE("weft:flatten")
#define TAG     WEFT__NOTE("weft:tag")

#endif
