/** The few signs the app uses. They never stand alone: words stand beside them or name them. */

import type { ReactNode } from 'react';

const SHAPES = {
  alert: (
    <>
      <path d="M10 3 2.5 16.5h15Z" />
      <path d="M10 8v4M10 14.2v.1" />
    </>
  ),
  arrowLeft: <path d="M11.5 4.5 6 10l5.5 5.5M6 10h9" />,
  bell: <path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13ZM8.5 17h3" />,
  building: <path d="M4 17V4h8v13M12 8h4v9M3 17h14M6.5 7h3M6.5 10h3M6.5 13h3" />,
  calendar: <path d="M3.5 5h13v12h-13ZM3.5 8.5h13M7 3v3.5M13 3v3.5" />,
  check: <path d="m4 10.5 4 4 8-9" />,
  chevronDown: <path d="m5.5 8 4.5 4.5L14.5 8" />,
  chevronLeft: <path d="M12 5.5 7.5 10l4.5 4.5" />,
  chevronRight: <path d="M8 5.5l4.5 4.5L8 14.5" />,
  clock: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4.2l2.8 1.8" />
    </>
  ),
  cross: <path d="m5 5 10 10M15 5 5 15" />,
  download: <path d="M10 3.5v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12" />,
  edit: <path d="M4 16l.8-3.5L13.5 3.8l2.7 2.7L7.5 15.2Z" />,
  hide: <path d="M3 10s2.5-4.5 7-4.5 7 4.5 7 4.5-2.5 4.5-7 4.5S3 10 3 10ZM4 16.5 16 3.5" />,
  home: <path d="M3.5 9.5 10 4l6.5 5.5V16.5h-4.5v-4h-4v4H3.5Z" />,
  info: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 9v4.5M10 6.6v.1" />
    </>
  ),
  list: <path d="M7 5.5h9.5M7 10h9.5M7 14.5h9.5M3.5 5.5h.1M3.5 10h.1M3.5 14.5h.1" />,
  lock: <path d="M5 9h10v7.5H5ZM7 9V6.5a3 3 0 0 1 6 0V9" />,
  message: <path d="M3.5 4.5h13v9h-7L6 16.5v-3H3.5Z" />,
  offline: <path d="M5 13.5a3.5 3.5 0 0 1 .7-6.9 4.6 4.6 0 0 1 8.6 1.1 3 3 0 0 1 .2 5.8M3.5 3.5l13 13" />,
  online: <path d="M5.5 14a3.5 3.5 0 0 1 .2-7 4.6 4.6 0 0 1 8.6 1 3 3 0 0 1 .2 6Z" />,
  people: (
    <>
      <circle cx="7.5" cy="7" r="2.6" />
      <path d="M2.8 16c.3-3 2.2-4.7 4.7-4.7s4.4 1.7 4.7 4.7M13 4.8a2.4 2.4 0 0 1 0 4.6M14.2 11.6c1.7.5 2.8 2 3 4.4" />
    </>
  ),
  plus: <path d="M10 4v12M4 10h12" />,
  record: <path d="M5 3h7l3 3v11H5ZM12 3v3h3M7.5 9.5h5M7.5 12h5M7.5 14.5h3" />,
  send: <path d="M3.5 10 16.5 4 12 16.5l-2.5-5Z" />,
  share: <path d="M10 12V3.5M7 6.2 10 3.2l3 3M5.5 9H4v8h12V9h-1.5" />,
  shield: <path d="M10 3l6 2v5c0 3.5-2.4 5.8-6 7-3.6-1.2-6-3.5-6-7V5Z" />,
  stop: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m5.2 5.2 9.6 9.6" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}
