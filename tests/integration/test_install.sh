#!/bin/sh
# What is installed is enough to build a program outside the tree, wherever it is moved to: headers,
# library, weftgen, weft, weft.pc.
# usage: test_install.sh BUILD_FOLDER    Prints TAP.
headers=$(realpath "$(dirname "$0")/../../include/weft")
. "$(dirname "$0")/installed.sh"

cat >hello.c <<'C'
#include <weft/prelude.h>

DERIVE(json)
typedef struct greeting {
    str text;
} greeting;

static http_status greet(str name, greeting *out)
{
    out->text = name;
    return HTTP_OK;
}

static const route api[] = {
    GET("/hello/{name}", greet),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
C

step "weft.pc names the generator" test -x "$(pkg-config --variable=weftgen weft)"
step "and the tool" test -x "$(pkg-config --variable=weft weft)"

# Only weft's own folder, and what is nobody's in particular.
own_flags() {
    [ -n "$(pkg-config --cflags weft)" ] || return 1
    for flag in $(pkg-config --cflags weft); do
        case $flag in
        -I*) [ "$(realpath "${flag#-I}")" = "$prefix/include" ] || return 1 ;;
        -pthread) ;;
        *) echo "$flag" && return 1 ;;
        esac
    done
}
step "its flags are for its headers alone" own_flags

# None of them includes a header that is not installed.
all_headers() {
    (cd "$prefix/include" && printf '#include <%s>\n' weft/*.h) >all.c || return 1
    cc -fsyntax-only -Wall -Wextra -Werror -std=gnu11 $(pkg-config --cflags weft) all.c
}
step "its headers need no others of ours" all_headers
step "they are the headers of the source" diff -r "$headers" "$prefix/include/weft"
for file in gdb/weft.py ../licenses/weft/LICENSE-MIT ../licenses/weft/LICENSE-APACHE; do
    step "there is ${file##*/}" test -s "$prefix/share/weft/$file"
done

step "weftgen completes a program, and finds the headers by itself" \
    "$prefix/bin/weftgen" -o hello.weft.c hello.c
for static in "" --static; do
    step "it compiles and links with pkg-config $static" \
        cc -Wall -Wextra -Werror $(pkg-config --cflags weft) -o hello hello.weft.c \
        $(pkg-config $static --libs weft)
done
without_databases() {
    ldd hello && ! ldd hello | grep -q -e libpq -e libsqlite3
}
step "no database's library is needed before a URL names it" without_databases
WEFT_LISTEN=nowhere ./hello 2>hello.log
step "it runs" grep -q WEFT_LISTEN hello.log
step "the tool runs" "$prefix/bin/weft" version
end_of_steps
