#!/bin/sh
# The first process of a lab, in namespaces of its own: gives it its own /run,
# /etc, /var and name, says "ready", and ends with its standard input (or with
# --stay, when it is killed). The kernel then ends and removes all the rest,
# so whatever happens, nothing is left.
set -eu
exec 2>&1

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lab /run/netns

# In a user namespace nobody owns the files of the system's other users, and an
# overlay could not change them; there a copy has to do.
read -r _ outside _ </proc/self/uid_map
if [ "$outside" = 0 ]; then
    for directory in etc var; do
        mkdir -p "/run/own/$directory" "/run/own/$directory.work"
        mount -t overlay overlay -o \
            "lowerdir=/$directory,upperdir=/run/own/$directory,workdir=/run/own/$directory.work" \
            "/$directory"
    done
else
    mkdir -p /run/own/etc /run/own/var/tmp
    cp -r --preserve=mode,links /etc/. /run/own/etc 2>/dev/null || true
    mount --bind /run/own/etc /etc
    mount --bind /run/own/var /var
fi
# A PIT's directories, empty whatever this machine has there.
mkdir -p /var/www /var/lib/misc /var/lib/nginx /var/log/nginx /etc/dnsmasq.d
for directory in /var/www /var/lib/misc /etc/dnsmasq.d; do
    mount -t tmpfs -o mode=755 tmpfs "$directory"
done
mount -t sysfs sysfs /sys 2>/dev/null || true
hostname pit

echo ready
exec >/dev/null 2>&1
[ "${1-}" = --stay ] && sleep infinity
cat
