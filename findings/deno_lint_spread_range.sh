#!/bin/sh
# A lint plugin of Deno sees a spread as its three dots alone.
#
# In the tree that `deno lint` hands to a plugin, the `range` of a SpreadElement covers `...` and not
# what is spread: 3 characters, in arrays and in objects, where ESTree has the whole element. So a
# fix that replaces `node.range` leaves the argument behind: `[...[1, 2]]` becomes `[1, 2[1, 2]]`,
# which parses and means something else. The range to take is from `node.range[0]` to
# `node.argument.range[1]`.
#
# Seen with deno 2.9.6 of npm, whose plugin API is marked unstable.
# Needs npm; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --no-fund --no-audit deno@2.9.6 >/dev/null 2>&1
deno=$(node -p 'require("path").dirname(require.resolve("deno/package.json"))')/deno
[ -x "$deno" ] || { node node_modules/deno/install.cjs >/dev/null 2>&1; }
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
cat >plugin.ts <<'TS'
export default {
  name: "ranges",
  rules: {
    spread: {
      create(context) {
        return {
          SpreadElement(node) {
            const text = (range) => JSON.stringify(context.sourceCode.text.slice(...range));
            const message = `element ${text(node.range)}, argument ${text(node.argument.range)}`;
            context.report({ node, message });
          },
        };
      },
    },
  },
} satisfies Deno.lint.Plugin;
TS
printf '{ "lint": { "plugins": ["./plugin.ts"], "rules": { "tags": [] } } }\n' >deno.json
printf 'export const list = [...[1, 2]];\nexport const object = { ...{ a: 1 } };\n' >sample.ts
"$deno" --version | head -1
"$deno" lint sample.ts >log 2>&1 || true
grep -o 'element ".*", argument ".*"' log
[ "$(grep -c 'element "...", argument "' log)" = 2 ]
