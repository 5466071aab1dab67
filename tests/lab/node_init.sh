#!/bin/busybox sh
# The init of a node that boots in the lab: does what a real node's initramfs
# does with the PIT — asks for a lease, downloads rootfs, mounts it — and prints
# the rootfs's /etc/release and /etc/up on its console.
bb=/bin/busybox
$bb mkdir -p /dev /proc /sys
$bb mount -t proc proc /proc
$bb mount -t sysfs sys /sys
$bb mount -t devtmpfs dev /dev
exec </dev/ttyS0 >/dev/ttyS0 2>&1

say() { echo "node: $*"; }
end() { say "$*"; $bb poweroff -f; }

$bb modprobe -a virtio_pci virtio_net loop squashfs || say "no drivers"

server= hostname= image=rootfs
for word in $($bb cat /proc/cmdline); do
    case $word in
    metal.server=*) server=${word#*=} ;;
    hostname=*) hostname=${word#*=} ;;
    rd.live.squashimg=*) image=${word#*=} ;;
    esac
done
say "$hostname boots $($bb uname -r) from $server"
say "options $($bb cat /proc/cmdline)"

$bb cat >/lease <<'END'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
/bin/busybox ip addr add "$ip/$mask" dev "$interface"
echo "nameserver $dns" >/etc/resolv.conf
END
$bb chmod +x /lease
tries=0
until [ -e /sys/class/net/eth0 ] || [ $tries = 50 ]; do
    tries=$((tries + 1))
    $bb sleep 0.1
done
$bb ip link set eth0 up
$bb udhcpc -i eth0 -s /lease -n -q -t 10 -T 1 -x "hostname:$hostname" ||
    end "no lease"

$bb mount -t tmpfs tmp /tmp
$bb wget -q -O /tmp/rootfs "$server/$image" || end "no $image"
$bb mount -t squashfs -o loop,ro /tmp/rootfs /rootfs || end "rootfs unfit"
say "release $($bb cat /rootfs/etc/release)"
$bb cat /rootfs/etc/up
end "done"
