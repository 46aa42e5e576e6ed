/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A form with files is flat.
 */
#include <weft/prelude.h>

DERIVE(multipart)
typedef struct person {
    str name;
} person;

DERIVE(multipart)
typedef struct photo {
    upload image;
    person by;
    MAP(str) labels;
} photo;
