#!/bin/sh
# What is installed is enough to build a program outside the tree: headers, library, weftgen, weft.pc.
# usage: test_install.sh BUILD_FOLDER    Prints TAP.
set -u
build=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cd "$root" || exit 1
count=0 failed=0

step() {
    name=$1
    shift
    count=$((count + 1))
    if "$@" >step.log 2>&1; then
        echo "ok $count - $name"
    else
        failed=1
        echo "not ok $count - $name"
        sed 's/^/#   /' step.log
    fi
}

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

step "installs" meson install -C "$build" --no-rebuild --destdir "$root/image"
PKG_CONFIG_LIBDIR=$(dirname "$(find "$root/image" -name weft.pc)"):$(pkg-config --variable pc_path pkg-config)
PKG_CONFIG_SYSROOT_DIR=
export PKG_CONFIG_LIBDIR
prefix=$root/image$(sed -n 's/^prefix=//p' "$(find "$root/image" -name weft.pc)")
config() {
    pkg-config --define-variable=prefix="$prefix" "$@" weft
}
step "weft.pc names the generator" test -x "$(config --variable=weftgen)"
step "weftgen completes a program" "$prefix/bin/weftgen" $(config --cflags) -o hello.weft.c hello.c
step "it compiles and links" cc $(config --cflags) -o hello hello.weft.c $(config --static --libs)
WEFT_LISTEN=nowhere ./hello 2>hello.log
step "it runs" grep -q WEFT_LISTEN hello.log
echo "1..$count"
exit $failed
