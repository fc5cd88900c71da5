/** Which views a change touches. */

import type { Topic, ViewRequest } from './contract';

/** Whether a view may read differently after a change of `topic`. */
export function touches(topic: Topic, request: ViewRequest): boolean {
  switch (request.view) {
    case 'home':
      return topic.topic === 'home' || topic.topic === 'channel';
    case 'directory':
      return topic.topic === 'directory';
    case 'channel':
      // Members' names and planned conferences are part of it.
      return sameChannel(topic, request.channel) || topic.topic === 'directory' || topic.topic === 'conferences';
    case 'timeline':
    case 'agenda':
    case 'disclosure_check':
    case 'consent_check':
    case 'provisions':
      return sameChannel(topic, request.channel);
    case 'cases':
    case 'conferences':
      return topic.topic === 'conferences';
    case 'register':
      return topic.topic === 'register';
    case 'draft':
    case 'labels':
      return false;
  }
}

function sameChannel(topic: Topic, channel: string): boolean {
  return topic.topic === 'channel' && topic.channel === channel;
}
