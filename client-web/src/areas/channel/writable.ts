import type { ChannelSummary } from '../../engine/contract';

/** Whether something can still be added to the household from this device. */
export function writable(channel: ChannelSummary): boolean {
  return !channel.left && !channel.broken;
}
