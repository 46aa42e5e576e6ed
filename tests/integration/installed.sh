# What tests of an installed Weft begin with: a temporary folder to work in, TAP, and an installation
# in $prefix, moved there from where it was made for. To be sourced, with the build folder as $1.
set -u
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
cd "$root" || exit 1
prefix=$root/weft
count=0 failed=0

# step NAME COMMAND..: one case. What the command prints is shown when it fails.
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

end_of_steps() {
    echo "1..$count"
    exit $failed
}

# What is moved lies below $root in any case: the prefix itself may be the system's own.
install_and_move() {
    meson install -C "$1" --no-rebuild --quiet --destdir "$root/image" || return
    made=$(cd "$root/image" && find . -name weftgen -type f) && mv "$root/image/${made%/*/weftgen}" "$prefix" &&
        pc=$(find "$prefix" -name weft.pc) && PKG_CONFIG_PATH=$(dirname "$pc") &&
        export PKG_CONFIG_PATH && pkg-config --exists weft
}
step "installs, and is moved elsewhere" install_and_move "$1"
