/** A question in the middle of the screen. */

import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** A question that has to be answered by a button. */
  alert?: boolean;
}

export function Dialog({ title, open, onClose, children, alert = false }: DialogProps) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={open}
      isDismissable={!alert}
      onOpenChange={(stays) => {
        if (!stays) onClose();
      }}
    >
      <Modal className="modal">
        <AriaDialog className="dialog" role={alert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
