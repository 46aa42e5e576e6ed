/* Written by weftgen from nothing.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "nothing.c"

#pragma GCC diagnostic ignored "-Wshadow"
