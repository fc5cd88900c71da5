/** The server's HTTP side, as far as a browser needs it. */

import type { LinkPreview } from '../engine/contract';
import { CallError } from '../engine/rpc';

export async function previewLink(token: string): Promise<LinkPreview> {
  const answer = await post('/api/enrolments/preview', JSON.stringify({ token }));
  return (await answer.json()) as LinkPreview;
}

/** Sends the device's request and gives the answer as it came, for the engine to read. */
export async function enrolDevice(request: string): Promise<string> {
  const answer = await post('/api/enrolments', request);
  return await answer.text();
}

export async function fetchCalendar(conference: string, session: string): Promise<string> {
  const answer = await reach(`/api/conferences/${encodeURIComponent(conference)}/calendar.ics`, {
    headers: { Authorization: `Bearer ${session}` },
  });
  return await answer.text();
}

function post(path: string, body: string): Promise<Response> {
  return reach(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch {
    throw new CallError('unreachable', 'The server does not answer. Check the connection and try again.');
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** Reads RFC 9457 problem details; anything else becomes a problem by its status. */
async function problemOf(answer: Response): Promise<CallError> {
  try {
    const body: unknown = await answer.json();
    if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
      return new CallError(body.code, 'detail' in body && typeof body.detail === 'string' ? body.detail : '');
    }
  } catch {
    // Not JSON: a proxy in between, or a page of its own making.
  }
  return new CallError('unreachable', `The server answered with status ${answer.status}.`);
}
