#!/bin/sh
# conmand takes the third of ipmiopts without letters for a K_g key, whatever it says.
#
# The older form of `ipmiopts` is "USER,PASSWORD"; a third word is the K_g key. Who adds the option
# of the newer form, "root,passw0rd,W:solpayloadsize", has set a key of "W:solpayloadsize": no BMC
# lets conmand in any more, and its log says nothing of why. Its longer twin shows that it is so: a
# key has at most 20 bytes. With an empty first word the password is the name of the user.
#
# Seen with Debian's conman 0.2.7-1.1: "IPMI K_g exceeds 20-byte maximum" for a W: option, and
# "IPMI username exceeds 16-byte maximum" for a password.
# Needs apt-get and its package lists; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq conman=0.2.7-1.1 libipmiconsole2 libfreeipmi17 libwrap0 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(find "$tmp/root" -name 'lib*.so.*' -exec dirname {} \; | sort -u | paste -sd:)
export LD_LIBRARY_PATH

cat >conman.conf <<'CONF'
SERVER port=17891 loopback=ON
CONSOLE name="letters" dev="ipmi:127.0.0.11" ipmiopts="U:root,P:passw0rd,W:solpayloadsize"
CONSOLE name="third" dev="ipmi:127.0.0.12" ipmiopts="root,passw0rd,W:solpayloadsize"
CONSOLE name="longer" dev="ipmi:127.0.0.13" ipmiopts="root,passw0rd,W:opensesspriv-and-more"
CONSOLE name="no user" dev="ipmi:127.0.0.14" ipmiopts=",a-password-of-20-byt"
CONF
timeout 3 root/usr/sbin/conmand -F -v -c conman.conf >log 2>&1 || true
grep -E 'exceeds|Monitoring' log

grep -q 'CONFIG\[conman.conf:4\]: IPMI K_g.* exceeds 20-byte maximum' log
grep -q 'CONFIG\[conman.conf:5\]: IPMI username exceeds 16-byte maximum' log
grep -q 'Monitoring 2 consoles' log
