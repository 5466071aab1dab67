#!/bin/sh
# Inside the sandbox, once its files are written: makes it the PIT of its
# networks, starts the servers and the BMCs, and ends when all of them answer.
#
#   up.sh              everything
#   up.sh dnsmasq      dnsmasq alone, after it was stopped
#
# /run/lab/files holds what is to be copied to the sandbox's root, /run/lab/bmcs
# lists the BMCs, one a line: <namespace> <MAC> <directory>
set -eu
lab=/run/lab
here=$(dirname "$0")
PATH=$PATH:/usr/sbin:/sbin

# until_bound PROTOCOL PORT-IN-HEX [PID]: waits for a server's socket.
until_bound() {
    tries=0
    until grep -q ":$2 " "/proc/${3-self}/net/$1"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "nothing listens at $1 $2" >&2; exit 1; }
        sleep 0.05
    done
}

start_dnsmasq() {
    # In a user namespace it may not set its groups; only -d lets that be.
    read -r _ outside _ </proc/self/uid_map
    [ "$outside" = 0 ] && mode=-k || mode=-d
    dnsmasq $mode </dev/null >$lab/dnsmasq.log 2>&1 &
    until_bound udp 0043 # 67, DHCP
}

if [ "${1-}" = dnsmasq ]; then
    start_dnsmasq
    exit
fi

cp -r $lab/files/. /
# The MAC of ncn-m001: a bridge left to itself takes that of a port and changes
# it when ports come and go, and then the nodes talk to nobody for a minute.
mac=b8:59:9f:3c:fd:e6
switch='type bridge forward_delay 0 stp_state 0 mcast_snooping 0'
ip -batch - <<END
link set lo up
link add bond0 address $mac $switch
link add bond0.nmn0 address $mac $switch
link add bond0.hmn0 address $mac $switch
link add bond0.can0 address $mac $switch
link add bond0.cmn0 address $mac $switch
addr add 10.1.1.0/16 dev bond0
addr add fd00:1::1/64 dev bond0 nodad
addr add 10.252.1.0/17 dev bond0.nmn0
addr add 10.254.1.1/17 dev bond0.hmn0
addr add 10.102.10.4/16 dev bond0.can0
addr add 10.103.1.1/16 dev bond0.cmn0
link set bond0 up
link set bond0.nmn0 up
link set bond0.hmn0 up
link set bond0.can0 up
link set bond0.cmn0 up
END
printf 'search hmn mtl\nnameserver 127.0.0.1\n' >/etc/resolv.conf

start_dnsmasq
if [ -e /etc/apache2/httpd.conf ]; then
    mkdir -p /var/log/apache2
    apache2 -f /etc/apache2/httpd.conf </dev/null >$lab/apache.log 2>&1
else
    nginx -c /etc/nginx/pit.conf </dev/null >$lab/nginx.log 2>&1
fi

sed 's/^\([^ ]*\) .*/netns add \1/' $lab/bmcs | ip -batch -
if [ -e $lab/redfish.json ]; then
    # Their services are one process, in a place of its own.
    ip netns add redfish
    ip -n redfish link set lo up
    [ ! -e /etc/nginx/redfish.conf ] ||
        ip netns exec redfish nginx -c /etc/nginx/redfish.conf </dev/null >$lab/nginx-redfish.log 2>&1
    ip netns exec redfish "$DENO" run -q -A --no-config --no-lock "$here/redfish/fake.ts" \
        $lab/redfish.json </dev/null >$lab/redfish.log 2>&1 &
fi
i=0
while read -r name mac dir; do
    i=$((i + 1))
    echo "link add bmc$i type veth peer name eth0 address $mac netns $name"
    echo "link set bmc$i master bond0.hmn0 up"
done <$lab/bmcs | ip -batch -
while read -r name mac dir; do
    ip netns exec "$name" "$here/bmc.sh" "$dir" start
done <$lab/bmcs
while read -r name mac dir; do
    ! grep -q '^SERVER=hang$' "$dir/env" || [ ! -e "$dir/redfish.pid" ] ||
        kill -STOP "$(cat "$dir/redfish.pid")"
    [ -e "$dir/pid" ] || continue
    read -r pid <"$dir/pid"
    until_bound udp 026F "$pid" # 623, IPMI
    grep -q '^RELAY=""$' "$dir/env" || until_bound udp 0657 "$pid" # 1623, behind it
    ! grep -q '^SERVER=hang$' "$dir/env" || kill -STOP "$pid"
done <$lab/bmcs
if [ -e $lab/redfish.json ]; then
    tries=0
    until [ -e $lab/redfish.json.ready ]; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || { cat $lab/redfish.log >&2; exit 1; }
        sleep 0.05
    done
fi
