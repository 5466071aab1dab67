#!/bin/sh
# dnsmasq takes an address in quotes for a host name, and cuts it at its first dot.
#
# In dnsmasq's files quotes take their meaning from characters: a comma in them separates nothing.
# In `dhcp-host=` they do so to dots and colons, too. So of `dhcp-host=MAC,"10.254.1.6",NAME` the
# address is no address but a name, the host is called NAME, and its MAC gets any address of the
# range; with the address as the last word the host is called "10". A name in quotes is fine, and a
# MAC in quotes is refused as a bad host name. `dnsmasq --test` has no complaint but for that one.
#
# Seen with Debian's dnsmasq-base 2.90-4~deb12u2: "syntax check OK." where an address or a name
# is quoted, "bad DHCP host name" where a MAC is.
# Needs apt-get and its package lists; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq dnsmasq-base=2.90-4~deb12u2 >/dev/null 2>&1
dpkg -x dnsmasq-base_*.deb root
apt-get download -qq libnetfilter-conntrack3 libnfnetlink0 >/dev/null 2>&1
for package in libn*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(find "$tmp/root" -name 'lib*.so.*' -exec dirname {} \; | sort -u | paste -sd:)
export LD_LIBRARY_PATH
root/usr/sbin/dnsmasq --version | head -1

says() { # LINE...
  printf 'port=0\ndhcp-range=10.254.0.0,static\n' >dnsmasq.conf
  printf '%s\n' "$@" >>dnsmasq.conf
  result=$(root/usr/sbin/dnsmasq --test -C dnsmasq.conf 2>&1 | tail -1)
  printf '%s\n  %s\n' "$*" "$result"
}
mac=b4:2e:99:0b:0d:04
says "dhcp-host=$mac,10.254.1.6,\"ncn-w001-mgmt\",20m"
[ "$result" = 'dnsmasq: syntax check OK.' ]
says "dhcp-host=$mac,\"10.254.1.6\",ncn-w001-mgmt,20m"
[ "$result" = 'dnsmasq: syntax check OK.' ]
# Two lines may not have one address; in quotes it is none.
says "dhcp-host=$mac,\"10.254.1.6\",a" 'dhcp-host=b4:2e:99:0b:0d:05,"10.254.1.6",b'
[ "$result" = 'dnsmasq: syntax check OK.' ]
says "dhcp-host=$mac,10.254.1.6,a" 'dhcp-host=b4:2e:99:0b:0d:05,10.254.1.6,b'
case $result in *'duplicate dhcp-host IP address'*) ;; *) exit 1 ;; esac
says "dhcp-host=\"$mac\",10.254.1.6,ncn-w001-mgmt,20m"
case $result in *'bad DHCP host name'*) ;; *) exit 1 ;; esac
