/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files come with multipart, and with nothing else.
 */
#include <weft/prelude.h>

DERIVE(multipart, json)
typedef struct photo {
    str title;
    upload image;
} photo;

DERIVE(form)
typedef struct album {
    ARRAY(upload) photos;
} album;

DERIVE(row)
typedef struct stored {
    OPTIONAL(upload) image;
} stored;
