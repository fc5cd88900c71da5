/** What the page and the worker say to each other. */

import type { Code, ConferenceId, Intent, LinkPreview, Refusal, Reply, Topic, View, ViewRequest } from './contract';

/** The database of this browser profile: its file name, and the salt its key is derived with (hex). */
export interface Profile {
  name: string;
  salt: string;
}

/** Where the worker is. */
export type Phase =
  /** It has not said anything yet. */
  | { phase: 'starting' }
  /** Another tab holds the database. */
  | { phase: 'elsewhere' }
  /** The database is closed. */
  | { phase: 'locked' }
  /** The database is open; without enrolment there is nobody in it yet. With a `problem` the server has sent this device away. */
  | { phase: 'open'; enrolled: boolean; problem: Code | null }
  /** The engine stopped; only starting again helps. */
  | { phase: 'stopped'; detail: string };

/** What the page asks, by name: the argument and the answer. */
export interface Calls {
  open: { in: { profile: Profile; passphrase: string }; out: null };
  lock: { in: null; out: null };
  wipe: { in: null; out: null };
  take_over: { in: null; out: null };
  network: { in: { online: boolean }; out: null };
  preview: { in: { token: string }; out: LinkPreview };
  enrol: { in: { token: string }; out: null };
  view: { in: ViewRequest; out: ViewAnswer };
  intent: { in: Intent; out: IntentAnswer };
  calendar: { in: { conference: ConferenceId }; out: { text: string } };
}

export type CallName = keyof Calls;

export type ViewAnswer = { ok: View } | { refused: Refusal };

export type IntentAnswer =
  | { outcome: 'ok'; reply: Reply; bytes?: Uint8Array<ArrayBuffer> }
  | { outcome: 'refused'; refusal: Refusal };

/** From the page. */
export type Ask = { [Name in CallName]: { id: number; call: Name; argument: Calls[Name]['in'] } }[CallName];

/** From the worker. */
export type Tell =
  | { tell: 'answer'; id: number; value: unknown }
  | { tell: 'failed'; id: number; code: string; detail: string }
  /** The intent of that call is kept in the outbox: it survives a reload and is sent by itself. Its answer comes later. */
  | { tell: 'queued'; id: number }
  | { tell: 'changed'; topics: Topic[] }
  | { tell: 'phase'; phase: Phase };

/** A call that did not succeed; `code` is stable, `detail` is English and for people. */
export class CallError extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.name = 'CallError';
    this.code = code;
  }
}

/** The error behind anything that was thrown, with a code where it brought one. */
export function asCallError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string') {
    const detail = 'detail' in thrown && typeof thrown.detail === 'string' ? thrown.detail : '';
    return new CallError(thrown.code, detail);
  }
  return new CallError('failed', thrown instanceof Error ? thrown.message : String(thrown));
}
