#!/bin/sh
# `deno bundle --minify` takes `using` away from what is used once, and leaves it open.
#
# A resource that is declared with `using` and used in one place is put into that place, as if it
# were a `const`: `using file = Deno.openSync(path); file.syncSync();` becomes
# `Deno.openSync(path).syncSync();`. Nothing disposes of it any more: the file stays open, a lock
# held, a listener registered, and a program that opens some thousand files one after another ends
# with "too many open files". What is used twice keeps its `using`, and so does all of it without
# --minify. It is esbuild's `minifySyntax`: esbuild 0.25.5, which both of these Deno fetch, alone
# does the same with --minify-syntax, and keeps `using` with --minify-whitespace and
# --minify-identifiers; esbuild 0.28.2 keeps it always.
#
# Seen with deno 2.6.8 and 2.9.6 and with esbuild 0.25.5 and 0.28.2, all of npm.
# Needs npm; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 DENO_TLS_CA_STORE=mozilla,system DENO_DIR="$tmp/cache"
cat >once.js <<'JS'
const open = (name) => ({
  use: () => console.log(`${name} is used`),
  [Symbol.dispose]: () => console.log(`${name} is closed`),
});
function once() {
  using file = open("one");
  file.use();
}
function twice() {
  using file = open("two");
  file.use();
  file.use();
}
once();
twice();
JS
printf 'one is used\none is closed\ntwo is used\ntwo is used\ntwo is closed\n' >whole
sed 2d whole >lost

# Holds what a program prints against one of these.
expect() {
  "$deno" run "$2" >seen
  cmp seen "$1"
  echo "$3: $([ "$1" = whole ] && echo all of it is closed || echo what is used once stays open)"
}
for version in 2.6.8 2.9.6; do
  mkdir "$version"
  (cd "$version" && npm install --silent --no-fund --no-audit "deno@$version" >/dev/null 2>&1)
  deno=$(cd "$version" && node -p 'require("path").dirname(require.resolve("deno/package.json"))')/deno
  [ -x "$deno" ] || (cd "$version" && node node_modules/deno/install.cjs >/dev/null 2>&1)
  "$deno" bundle -q -o plain.js once.js
  "$deno" bundle -q --minify -o minified.js once.js
  expect whole plain.js "deno $version bundle"
  expect lost minified.js "deno $version bundle --minify"
done
for version in 0.25.5 0.28.2; do
  npm install --silent --no-fund --no-audit "esbuild@$version" >/dev/null 2>&1
  for option in whitespace identifiers syntax; do
    npx esbuild --log-level=error "--minify-$option" once.js >minified.js
    wanted=whole
    [ "$version$option" != 0.25.5syntax ] || wanted=lost
    expect "$wanted" minified.js "esbuild $version --minify-$option"
  done
done
echo "as described"
