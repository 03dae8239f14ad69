package dev.guidon.control.rest;

/**
 * Who may call an operation. Decided by the operation that was matched, never by a piece of the
 * address.
 */
enum Access {
  /** Anybody. */
  OPEN,
  /** Any credential of this control; the operation itself shows only what the caller may see. */
  SIGNED_IN,
  /** Viewers of the project named in the address. */
  VIEW,
  EDIT,
  MANAGE,
  /** Administrators of everything. */
  SYSTEM
}
