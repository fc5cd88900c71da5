/** The frame of a screen, and what it shows while there is nothing to show. */

import { i18n } from '@lingui/core';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Refusal } from '../engine/contract';
import type { Seen } from '../engine/store';
import { Icon, type IconName } from './icons';
import { RefusalNotice } from './notice';

interface PageProps {
  title: ReactNode;
  intro?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
  narrow?: boolean;
  children: ReactNode;
}

export function Page({ title, intro, actions, back, narrow = false, children }: PageProps) {
  return (
    <div className={narrow ? 'page narrow' : 'page'}>
      {back !== undefined && (
        <a className="back" href={back.href}>
          <Icon name="arrowLeft" /> {back.label}
        </a>
      )}
      <header className="page-head">
        <div>
          <Title>{title}</Title>
          {intro !== undefined && <p className="intro">{intro}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** The heading of a screen; it takes the focus when the screen appears, so that it is read and Tab goes on from there. */
export function Title({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const inUse = document.activeElement;
    if (inUse === null || inUse === document.body || inUse.closest('main') === null) heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

interface SectionProps {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, actions, children }: SectionProps) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>{title}</h2>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

export function Loading({ label }: { label?: string }) {
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" /> {label ?? i18n._('Bezig met laden…')}
    </p>
  );
}

interface EmptyProps {
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
}

export function Empty({ icon = 'info', title, children }: EmptyProps) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

interface ShownProps<V> {
  seen: Seen<V>;
  children: (view: V) => ReactNode;
}

/** Shows a view once it is there; before that that it loads, or why it cannot be shown. */
export function Shown<V>({ seen, children }: ShownProps<V>) {
  if (seen.view !== null) return <>{children(seen.view)}</>;
  if (seen.refusal !== null) return <Failure refusal={seen.refusal} />;
  return <Loading />;
}

function Failure({ refusal }: { refusal: Refusal }) {
  return (
    <div className="page">
      <RefusalNotice refusal={refusal} />
    </div>
  );
}

interface BadgeProps {
  tone?: 'plain' | 'good' | 'warning' | 'danger' | 'info';
  icon?: IconName;
  children: ReactNode;
}

/** A state in a word, with a sign. */
export function Badge({ tone = 'plain', icon, children }: BadgeProps) {
  return (
    <span className={`badge ${tone}`}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </span>
  );
}

/** Facts as pairs; an empty one is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  const filled = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <dl className="facts">
      {filled.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
