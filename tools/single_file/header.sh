#!/bin/sh
# pitboot @VERSION@ for Linux on @ARCH@: behind this header the program and
# Deno @DENO@, packed. It needs sh, coreutils, gzip, and glibc 2.27.
# @BUILD@
# The first start unpacks both into a directory named by the digest of the
# content, below $PITBOOT_CACHE, $XDG_CACHE_HOME, ~/.cache, /var/tmp, /tmp or
# /dev/shm: the first that is ours, has room and may execute.
# shellcheck disable=SC2317 # most functions are called by for_each_place
{ # read to its end before anything is done: half a header does nothing
set -euf
self=$0
export PATH="${PATH:-@DEFAULT_PATH@}"

# Nothing of the environment may change what Deno does.
IFS='
'
for line in $(export -p); do
  line=${line#export }
  line=${line#declare -x }
  line=${line%%=*}
  case $line in
  *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) ;;
  COMPLETE | DENO_* | NODE_* | OTEL_*) unset "$line" ;;
  esac
done
unset IFS
export DENO_DISABLE_NODE_SHIM=1 DENO_NO_PACKAGE_JSON=1 DENO_NO_PROMPT=1 DENO_NO_UPDATE_CHECK=1

die() {
  echo "pitboot: $self: $1" >&2
  exit 70
}

# for_each_place COMMAND [ARGUMENT]...: with each directory in $dir, what it lies in in $base
for_each_place() {
  command=$1
  shift
  for base in "${PITBOOT_CACHE:-}" "${XDG_CACHE_HOME:-}" "${HOME:-}/.cache" /var/tmp /tmp /dev/shm; do
    case $base in
    /.cache) continue ;;
    /var/tmp | /tmp | /dev/shm)
      [ -d "$base" ] || continue
      uid=${uid:-$(PATH=/usr/bin:/bin:$PATH && id -u)}
      dir=$base/pitboot-$uid-@KEY@
      ;;
    /*)
      dir=$base/pitboot/@KEY@
      # In a home that is not ours, somebody else can exchange what we check.
      if [ "$base" = "${HOME:-}/.cache" ] && [ ! -O "$HOME" ]; then continue; fi
      ;;
    *) continue ;;
    esac
    "$command" "$@"
  done
}

uid=
is_ours() { [ -d "$1" ] && [ -O "$1" ] && [ ! -L "$1" ]; }
is_safe() {
  is_ours "$dir" && case $dir in */pitboot/*) is_ours "${dir%/*}" && [ -O "$base" ] ;; esac
}
is_whole() { [ -x "$dir/deno" ] && [ -s "$dir/deno" ] && [ -s "$dir/pitboot.mjs" ] && is_safe; }

start_if_whole() {
  is_whole || return 0
  # A home has an .npmrc that Deno would read.
  export DENO_DIR="$dir/cache" HOME="$dir"
  exec "$dir/deno" run --quiet --no-config --no-lock --no-npm --no-remote --no-prompt \
    --no-check --cached-only @FLAGS@ "$dir/pitboot.mjs" "$self" "$@"
}

app() { tail -c "+@APP_AT@" "$self" | head -c "@APP_SIZE@" | gzip -dc; }
deno() { tail -c "+@DENO_AT@" "$self" | gzip -dc; }

# Makes $tmp, a directory in $dir. One unpacks and the others wait, but not for
# one that was killed. Ends with 1 if $dir cannot be written.
make_tmp() {
  tries=0
  until mkdir "$dir/.new"; do
    is_whole && exit 0
    tries=$((tries + 1))
    if [ ! -d "$dir/.new" ]; then
      # It was just taken away; or nothing can be made here.
      [ "$tries" -lt 9 ] || return 1
    elif [ "$tries" -gt 600 ] || ! is_alive; then
      tmp=$(mktemp -d "$dir/.new.XXXXXX")
      return
    else
      sleep 0.1 || sleep 1
    fi
  done
  tmp=$dir/.new
  is_whole && exit 0
  echo $$ >"$tmp/pid"
}
is_alive() {
  [ -s "$dir/.new/pid" ] || return 0 # it has just begun
  read -r pid <"$dir/.new/pid" && kill -0 "$pid"
}

# Unpacks into $dir, deno last and by renaming: where it is, all is. Prints
# what is wrong with $dir; ends with 2 if the file itself is damaged.
unpack() (
  fail() {
    is_whole && exit 0 # somebody was faster, and has tidied up
    echo "$1"
    exit 1
  }
  umask 077
  set +ef
  PATH=/usr/bin:/bin:$PATH
  [ "$(wc -c <"$self")" -eq "@SIZE@" ] || exit 2
  mkdir -p "$dir" || fail "cannot be made"
  is_safe || fail "belongs to somebody else"
  chmod 700 "$dir"
  tmp=
  trap 'rm -rf "$tmp"; rmdir "$dir"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_tmp || fail "cannot be written"
  app >"$tmp/app" && deno >"$tmp/deno" && sync "$tmp/app" "$tmp/deno" || {
    app >/dev/null && deno >/dev/null || exit 2
    fail "has no room for 120 MB"
  }
  chmod 700 "$tmp/deno"
  "$tmp/deno" -V </dev/null >/dev/null ||
    fail "may not execute (noexec), or this is no @ARCH@ with glibc 2.27"
  mv -f "$tmp/app" "$dir/pitboot.mjs" && mv -f "$tmp/deno" "$dir/deno" || fail "cannot be written"
  rm -rf "$dir"/.new*
) 2>/dev/null

unpack_and_start() {
  reason=$(unpack) && start_if_whole "$@" || case $? in
  1) wrong="$wrong$dir ${reason:-cannot be written}; " ;;
  2) die "the file is damaged or incomplete: copy it again" ;;
  *) exit $? ;;
  esac
}

for_each_place start_if_whole "$@"
wrong=
for_each_place unpack_and_start "$@"
die "cannot be unpacked: ${wrong}name a directory of yours in PITBOOT_CACHE that has 120 MB and is not mounted noexec"
}
