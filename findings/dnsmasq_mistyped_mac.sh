#!/bin/sh
# dnsmasq takes a mistyped MAC, or a mistyped lease time, for a host name and says nothing.
#
# In `dhcp-host=` any word without a colon that is no address and no time is a host name, and of
# several the last one counts. So a MAC with dashes or without colons, or a TBD in its place, passes
# `dnsmasq --test`, and the line reserves its address for nobody's MAC. A lease time of `20x` does
# the same and, as the last word, becomes the name of the host. Only a word with colons that is no
# MAC is refused. A preflight that asks `dnsmasq --test` sees none of this.
#
# Seen with Debian's dnsmasq-base 2.90-4~deb12u2: "syntax check OK." for the first four lines, "bad
# hex constant" for the last one.
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

says() { # LINE
  printf 'port=0\ndhcp-range=10.254.0.0,static\n%s\n' "$1" >dnsmasq.conf
  result=$(root/usr/sbin/dnsmasq --test -C dnsmasq.conf 2>&1 | tail -1)
  printf '%-62s %s\n' "$1" "$result"
}
for line in \
  dhcp-host=b4-2e-99-0b-0d-04,10.254.1.6,ncn-w001-mgmt,20m \
  dhcp-host=b42e990b0d04,10.254.1.6,ncn-w001-mgmt,20m \
  dhcp-host=TBD,10.254.1.6,ncn-w001-mgmt,20m \
  dhcp-host=b4:2e:99:0b:0d:04,10.254.1.6,ncn-w001-mgmt,20x; do
  says "$line"
  [ "$result" = 'dnsmasq: syntax check OK.' ]
done
says dhcp-host=b4:2e:99:0b:0d:zz,10.254.1.6,ncn-w001-mgmt,20m
case $result in *'bad hex constant'*) ;; *) exit 1 ;; esac
