/** A finder whose devices are counted: each nonce that a driver gives is told before it goes its way. */
import type { Device, DeviceFinder } from '../../../core/devices/device.ts';

export function countedFinder(finder: DeviceFinder, onNonce: (deviceId: string) => void): DeviceFinder {
  return {
    start: (onDevice, onFault) => finder.start((device) => onDevice(counted(device, onNonce)), onFault),
    stop: () => finder.stop(),
  };
}

function counted(device: Device, onNonce: (deviceId: string) => void): Device {
  return {
    identity: device.identity,
    start: (feed, settings, listener) =>
      device.start(feed, settings, (event) => {
        if (event.type === 'nonce') onNonce(device.identity.id);
        listener(event);
      }),
    renew: () => device.renew(),
    configure: (settings) => device.configure(settings),
    identify: () => device.identify(),
    stop: () => device.stop(),
  };
}
