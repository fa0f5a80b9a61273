/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-peer-resolver.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaDbusCall:
 *
 * A method call whose caller has been identified. It is answered once; what comes later
 * is ignored.
 */
typedef struct _BmaDbusCall BmaDbusCall;

/**
 * BmaDbusCallFunc:
 * @call: a call of an identified peer; take a reference to keep it
 * @object: what was given
 *
 * Carries out a method.
 */
typedef void (*BmaDbusCallFunc) (BmaDbusCall *call, gpointer object);

void bma_dbus_call_begin (BmaPeerResolver *resolver,
                          GDBusMethodInvocation *invocation,
                          unsigned int limit_ms,
                          BmaDbusCallFunc func,
                          gpointer object);
BmaDbusCall *bma_dbus_call_ref (BmaDbusCall *self);
void bma_dbus_call_unref (BmaDbusCall *self);

void bma_dbus_call_show_key (BmaDbusCall *self, const BmaSecret *key);
BmaPeer *bma_dbus_call_get_peer (BmaDbusCall *self);
gpointer bma_dbus_call_get_object (BmaDbusCall *self);
GDBusMethodInvocation *bma_dbus_call_get_invocation (BmaDbusCall *self);
GVariant *bma_dbus_call_get_arguments (BmaDbusCall *self);

void bma_dbus_call_return (BmaDbusCall *self, GVariant *result, GUnixFDList *fds);
void bma_dbus_call_fail (BmaDbusCall *self, GError *error);
void bma_dbus_call_fail_missing (BmaDbusCall *self);
gboolean bma_dbus_call_check_manager (BmaDbusCall *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaDbusCall, bma_dbus_call_unref)

G_END_DECLS
