#!/bin/sh
# Of two leases of one MAC, dnsmasq writes the newest first, or the oldest: each start turns them.
#
# A client that asks under another client id gets another lease, and its former one stays until it
# ends. dnsmasq puts a new lease in front of its list and writes the list as it is. When it starts,
# it reads the lines from the top and puts each in front: the next time it writes, their order is the
# reverse. So the first line of a MAC is the live one only if dnsmasq was not started since; what
# tells is the first field: the lease that is renewed ends last.
#
# Seen with Debian's dnsmasq-base 2.90-4~deb12u2 and udhcpc of busybox 1.35.
# Needs root, dnsmasq-base, busybox, iproute2; all is done in namespaces of its own.
set -eu
[ "${1-}" = inside ] || exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" inside
mount -t tmpfs none /tmp
leases=/tmp/leases
ip link add v0 type veth peer name v1
ip addr add 10.9.0.1/24 dev v0
ip link set v0 up
unshare --net sleep 60 &
client=$!
sleep 0.3
ip link set v1 netns $client
at_client() { nsenter --net=/proc/$client/ns/net "$@"; }
at_client ip link set v1 address b4:2e:99:0b:0d:04 up
start() {
  dnsmasq -C /dev/null --port=0 -i v0 --bind-interfaces -x /tmp/pid --user=root \
    --dhcp-range=10.9.0.100,10.9.0.150,20m --dhcp-leasefile=$leases --dhcp-authoritative
  sleep 0.5
}
ask() { at_client busybox udhcpc -i v1 -f -q -n -s /bin/true -x 0x3d:"$1" 2>/dev/null >&2; }
order() { cut -d' ' -f5 $leases | paste -sd' '; }

start
ask 01aa
sleep 1
ask 01bb
printf 'asked as aa, then as bb:     %s\n' "$(order)"
[ "$(order)" = '01:bb 01:aa' ]
kill "$(cat /tmp/pid)"
sleep 0.5
start
sleep 1
ask 01bb
printf 'started, bb has renewed it:  %s\n' "$(order)"
[ "$(order)" = '01:aa 01:bb' ]
kill "$(cat /tmp/pid)"
kill $client
