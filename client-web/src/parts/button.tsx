/** Buttons and links that look like them. */

import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps, Link, type LinkProps } from 'react-aria-components';
import { Icon, type IconName } from './icons';

export type Kind = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  kind?: Kind;
  icon?: IconName;
  busy?: boolean;
  children: ReactNode;
}

export function Button({ kind = 'secondary', icon, busy = false, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} isPending={busy} className={`button ${kind}`}>
      {busy ? <span className="spinner" aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <AriaButton {...rest} aria-label={label} className="icon-button">
      <Icon name={icon} />
    </AriaButton>
  );
}

interface ButtonLinkProps extends Omit<LinkProps, 'children' | 'className' | 'style'> {
  kind?: Kind;
  icon?: IconName;
  children: ReactNode;
}

export function ButtonLink({ kind = 'secondary', icon, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={`button ${kind}`}>
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </Link>
  );
}
