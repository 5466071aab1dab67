#!/bin/sh
# Makes what a node boots: DIR/kernel, DIR/initrd.img.xz and DIR/version, from
# Debian's kernel for virtual machines and busybox. Installs nothing.
#
#   node.sh DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
wanted='drivers/virtio/virtio drivers/virtio/virtio_ring
    drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci_modern_dev
    drivers/virtio/virtio_pci net/core/failover drivers/net/net_failover
    drivers/net/virtio_net drivers/block/loop fs/squashfs/squashfs'

package=$(apt-cache depends linux-image-cloud-amd64 |
    sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[ -n "$package" ] || {
    echo "apt does not know linux-image-cloud-amd64: apt-get update?" >&2
    exit 1
}
apt-get download -qq "$package"
dpkg -x "$package"_*.deb root
rm "$package"_*.deb
version=${package#linux-image-}
echo "$version" >version
mv "root/boot/vmlinuz-$version" kernel

modules=initrd/lib/modules/$version
mkdir -p initrd/bin "$modules" initrd/dev initrd/proc initrd/sys initrd/tmp \
    initrd/etc initrd/rootfs
cp /bin/busybox initrd/bin/
cp "$here/node_init.sh" initrd/init
chmod +x initrd/init
for module in $wanted; do
    for file in "root/lib/modules/$version/kernel/$module.ko"*; do
        case $file in
        *.ko) cp "$file" "$modules/" ;;
        *.ko.xz) xz -dc "$file" >"$modules/${module##*/}.ko" ;;
        esac # or it is built in
    done
done
busybox depmod -b initrd "$version"
(cd initrd && find . | sort | busybox cpio -o -H newc 2>/dev/null) >cpio
xz --check=crc32 -c cpio >initrd.img.xz
rm -r root initrd cpio
