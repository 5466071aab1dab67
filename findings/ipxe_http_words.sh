#!/bin/sh
# iPXE calls a 401 "Permission denied" and a 403 "Operation not permitted".
#
# Apache writes "(13)Permission denied" into its log when it answers 403 because it may not read a
# file; the console of the node that asked shows "Operation not permitted", and no number. Who looks
# for "Permission denied" on consoles finds only a server that wants a password. 404 has words of
# its own, all other 4xx and all 5xx share theirs, a port where nobody listens behind QEMU's user
# network is "Connection reset", and an unknown name has a number only.
#
# Seen with Debian's ipxe 1.0.0+git-20190125.36a4c85-5.1 and qemu-system-x86 1:7.2+dfsg-7+deb12u18.
# Needs qemu-system-x86, ipxe, node; the network is QEMU's own, the server listens on loopback.
set -eu
work=$(mktemp -d)
cat >"$work/server.mjs" <<'JS'
import http from "node:http";
const server = http.createServer(({ url }, response) => {
  response.writeHead(Number(url.slice(1)));
  response.end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
node "$work/server.mjs" >"$work/port" &
server=$!
qemu=
trap 'kill $server $qemu 2>/dev/null || :; rm -r "$work"' EXIT
until [ -s "$work/port" ]; do sleep 0.1; done
port=$(cat "$work/port")
{
  printf '#!ipxe\nifopen net0\nset net0/ip 10.0.2.15\nset net0/netmask 255.255.255.0\n'
  for code in 401 403 404 410 500 503; do echo "imgfetch http://10.0.2.2:$port/$code ||"; done
  printf 'imgfetch http://nowhere/name ||\necho all asked\n'
} >"$work/script.ipxe"
qemu-system-x86_64 -m 256 -nographic -no-reboot \
  -kernel /usr/lib/ipxe/ipxe.lkrn -initrd "$work/script.ipxe" \
  -netdev user,id=n -device virtio-net-pci,netdev=n,romfile= </dev/null >"$work/console" 2>&1 &
qemu=$!
for _ in $(seq 600); do
  ! grep -q 'all asked' "$work/console" 2>/dev/null || break
  kill -0 $qemu
  sleep 0.2
done
said=$(tr -d '\r\n' <"$work/console" | sed "s/.*Menu PXEXT//; s/http:\/\/10.0.2.2:$port/\n/g; s/http:\/\/nowhere/\n&/; s/all asked.*/\n/")
printf '%s\n' "$said"
has() { printf '%s\n' "$said" | grep -q "^/$1\.\.\. $2 (http"; }
has 401 'Permission denied'
has 403 'Operation not permitted'
has 404 'No such file or directory'
has 410 'HTTP 4xx Client Error'
has 500 'HTTP 5xx Server Error'
has 503 'HTTP 5xx Server Error'
printf '%s\n' "$said" | grep -q '^http://nowhere/name\.\.\. Error 0x3e11623b '
