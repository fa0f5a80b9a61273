/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-parts.h"

/**
 * bma_dbus_parts_copy:
 * @to: (out caller-allocates): the copy
 * @from: parts
 *
 * Takes a reference to each.
 */
void
bma_dbus_parts_copy (BmaDbusParts *to, const BmaDbusParts *from)
{
  to->broker = g_object_ref (from->broker);
  to->connection = g_object_ref (from->connection);
  to->resolver = g_object_ref (from->resolver);
  to->opener = g_object_ref (from->opener);
  to->notifier = from->notifier != NULL ? g_object_ref (from->notifier) : NULL;
  to->prompter = from->prompter != NULL ? g_object_ref (from->prompter) : NULL;
  to->request_lifetime_ms = from->request_lifetime_ms;
}

/**
 * bma_dbus_parts_clear:
 * @self: a copy
 *
 * Drops the references. May be called again.
 */
void
bma_dbus_parts_clear (BmaDbusParts *self)
{
  g_clear_object (&self->broker);
  g_clear_object (&self->connection);
  g_clear_object (&self->resolver);
  g_clear_object (&self->opener);
  g_clear_object (&self->notifier);
  g_clear_object (&self->prompter);
}
