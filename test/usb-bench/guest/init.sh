#!/bin/busybox sh
# First process of the guest: file systems, modules, network, udev; then the agent, which does what the host says.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /sbin /usr/bin /usr/sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
while read -r module; do insmod "/modules/$module" || echo "no module $module"; done < /modules/list
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle --timeout=20
# From here on the console tells what the kernel does with devices.
dmesg -n 7
/bin/node /hearth/test/usb-bench/guest/agent.ts $(sed -n 's/.*hearth\.port=\([0-9]*\).*/\1/p' /proc/cmdline)
echo "agent ended: $?"
poweroff -f
