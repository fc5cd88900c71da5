import type { ChannelSummary } from '../../engine/contract';

/** This device can no longer use the household's group; what it has can still be read. */
export function isBroken(channel: ChannelSummary & { broken?: boolean }): boolean {
  return channel.broken === true;
}

/** Whether something can still be added from this device. */
export function writable(channel: ChannelSummary): boolean {
  return !channel.left && !isBroken(channel);
}
