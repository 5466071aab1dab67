#!/bin/sh
# `deno fmt` changes what a program prints, if that is made by a template named html.
#
# It takes the text of html`...` for HTML of a page and lays it out anew: line ends and blanks come
# between elements, behind the text of an element and within it, also where the tag is a function of
# one's own, and where it makes a part of a line: ` <small>day</small>` becomes three lines. In HTML
# that is a blank where there was none; in <pre>, in an attribute, or for whoever compares texts it
# is another result. Neither --check nor anything else says that the meaning changes. The same text
# under another name (markup`...`) stays as it is.
#
# Seen with deno 2.6.8 and 2.9.6 of npm.
# Needs npm; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 DENO_TLS_CA_STORE=mozilla,system DENO_DIR="$tmp/cache"
for version in 2.6.8 2.9.6; do
  mkdir "$version"
  (cd "$version" && npm install --silent --no-fund --no-audit "deno@$version" >/dev/null 2>&1)
  deno=$(cd "$version" && node -p 'require("path").dirname(require.resolve("deno/package.json"))')/deno
  [ -x "$deno" ] || (cd "$version" && node node_modules/deno/install.cjs >/dev/null 2>&1)
  for tag in html markup; do
    cat >"$tag.ts" <<TS
const $tag = String.raw;
const day = "29 Nov";
console.log("[" + $tag\` <small>\${day}</small>\` + "]");
TS
    "$deno" run "$tag.ts" >before
    "$deno" fmt -q "$tag.ts"
    "$deno" run "$tag.ts" >after
    cmp -s before after && same=yes || same=no
    echo "deno $version, $tag: prints the same after fmt: $same"
    [ "$tag$same" = htmlno ] || [ "$tag$same" = markupyes ]
  done
done
echo "as described"
