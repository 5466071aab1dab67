#!/bin/sh
# Each start of ipmitool reads the names of all vendors in the world, whatever it is asked.
#
# Since 1.8.19 the table of vendors is no longer in the program: it parses a copy of IANA's registry,
# /usr/share/misc/enterprise-numbers.txt (or that below ~/.local), before it talks to anybody. In
# Debian that file has 4.7 MB; the commands that a night consists of name no vendor at all. Where a
# hundred BMCs are asked with xargs, one call each, that is most of what the machine does: with the
# first 2,000 lines of the registry a call takes less than two thirds of the processor time.
#
# Seen with Debian's ipmitool 1.8.19-4+deb12u2: 4,737,087 bytes read a call, in 1,158 reads, and
# about twice the processor time.
# Needs apt-get and its package lists; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq ipmitool=1.8.19-4+deb12u2 strace libfreeipmi17 libgcrypt20 libgpg-error0 \
  libreadline8 libtinfo6 libssl3 libunwind8 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(find "$tmp/root" -name 'lib*.so.*' -exec dirname {} \; | sort -u | paste -sd:)
export LD_LIBRARY_PATH tmp
registry=.local/usr/share/misc/enterprise-numbers.txt
mkdir -p "whole/${registry%/*}" "begin/${registry%/*}"
cp root/usr/share/misc/enterprise-numbers.txt "whole/$registry"
head -n 2000 "whole/$registry" >"begin/$registry"

# Asks the BMC of this machine; where there is none it ends with an error, as it should.
cat >ask <<'SH'
HOME=$tmp/$1 exec $2 "$tmp/root/usr/bin/ipmitool" -I open chassis power status >/dev/null 2>&1
SH
# The processor time of forty calls, in hundredths of a second: what `times` says of children.
cat >used <<'SH'
for tens in 1 2 3 4; do
  for _ in 1 2 3 4 5 6 7 8 9 10; do sh ask "$1" "" || :; done
done
times >times
SH
used() {
  sh used "$1"
  sed -n 2p times | tr ms '  ' | awk '{ printf "%d", ($1 * 60 + $2 + $3 * 60 + $4) * 100 }'
}
sh ask whole "$tmp/root/usr/bin/strace -y -e trace=read -o $tmp/trace" || :
bytes=$(sed -n '/enterprise-numbers/s/.*= //p' trace | awk '{ sum += $1 } END { print sum }')
reads=$(grep -c enterprise-numbers trace)
whole=$(used whole)
begin=$(used begin)
echo "$bytes bytes of the registry in $reads reads; forty calls take $whole, or $begin, hundredths of a second"

[ "$bytes" -ge "$(wc -c <"whole/$registry")" ]
[ $((whole * 2)) -gt $((begin * 3)) ]
