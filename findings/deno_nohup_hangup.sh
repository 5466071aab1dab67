#!/bin/sh
# Half a second after its start Deno listens to the hangup that nohup had it ignore.
#
# `nohup deno run …` begins with SIGHUP ignored, as nohup set it, and so does a job that a shell
# without job control puts into the background, with SIGINT. Since 2.9.2 Deno, which opens a debugger
# at SIGUSR1 from that version on, installs its own handlers shortly after the program has begun; the
# bits of SIGHUP and SIGINT move from SigIgn to SigCgt in /proc/PID/status, although the program has
# asked for no signal. A program that outlived its terminal under 2.9.1 ends at the hangup under
# 2.9.2 and newer. Whoever must know what was ignored has to look in the first moments.
#
# Seen with deno 2.9.1, 2.9.2 and 2.9.6 of npm, on Linux 6.
# Needs npm; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
echo 'setTimeout(() => {}, 60_000);' >"$tmp/wait.js"

# What `nohup deno run wait.js` does at a hangup: outlives it, or ends.
try() {
  mkdir "$tmp/$1"
  cd "$tmp/$1"
  npm install --silent --no-fund --no-audit "deno@$1" >/dev/null 2>&1
  deno=$(node -p 'require("path").dirname(require.resolve("deno/package.json"))')/deno
  [ -x "$deno" ] || { node node_modules/deno/install.cjs >/dev/null 2>&1; }
  nohup "$deno" run ../wait.js >/dev/null 2>&1 &
  pid=$!
  # Until it listens by itself, or for so long that it will not.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.5
    mask=$(sed -n 's/^SigIgn:.*\(.\)$/\1/p' "/proc/$pid/status")
    case $mask in [02468ace]) break ;; esac
  done
  kill -HUP "$pid"
  sleep 1
  if kill -9 "$pid" 2>/dev/null; then echo "deno $1: outlives the hangup"
  else echo "deno $1: ends at the hangup"; fi
}

{ try 2.9.1; try 2.9.6; } | tee "$tmp/seen"
printf 'deno 2.9.1: outlives the hangup\ndeno 2.9.6: ends at the hangup\n' | cmp - "$tmp/seen"
echo "as described"
