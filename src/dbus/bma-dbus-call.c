/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-call.h"

#include <gio/gunixfdlist.h>

#include "bma-dbus-access.h"
#include "bma-dbus-error.h"
#include "bma-dbus-pairing.h"

struct _BmaDbusCall
{
  GDBusMethodInvocation *invocation; /* owned, nullable: answered */
  GVariant *arguments;               /* owned */
  BmaPeerResolver *resolver;         /* owned */
  BmaPeer *peer;                     /* owned, nullable: not known yet */
  gpointer object;                   /* owned: whose method it is */
  BmaDbusCallFunc func;
  unsigned int limit_id; /* source */
};

/**
 * bma_dbus_call_ref:
 * @self: a call
 *
 * Returns: (transfer full): @self
 */
BmaDbusCall *
bma_dbus_call_ref (BmaDbusCall *self)
{
  return g_rc_box_acquire (self);
}

static void
call_clear (gpointer data)
{
  BmaDbusCall *self = data;

  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->invocation != NULL)
    bma_dbus_error_return (g_steal_pointer (&self->invocation),
                           g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                                "The service could not answer"));
  g_variant_unref (self->arguments);
  g_clear_pointer (&self->peer, bma_peer_unref);
  g_object_unref (self->resolver);
  g_object_unref (self->object);
}

/**
 * bma_dbus_call_unref:
 * @self: (transfer full): a call
 *
 * Drops a reference. A call that nobody has answered fails.
 */
void
bma_dbus_call_unref (BmaDbusCall *self)
{
  g_rc_box_release_full (self, call_clear);
}

static gboolean
on_limit (gpointer user_data)
{
  BmaDbusCall *self = user_data;

  self->limit_id = 0;
  bma_dbus_call_fail (self,
                      g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_TIMED_OUT,
                                           "The service took too long to answer"));
  return G_SOURCE_REMOVE;
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) self = user_data;
  g_autoptr (GError) error = NULL;

  self->peer =
      bma_peer_resolver_resolve_finish (BMA_PEER_RESOLVER (source), result, &error);
  if (self->invocation == NULL)
    return;
  if (self->peer != NULL)
    self->func (self, self->object);
  else
    bma_dbus_call_fail (self, g_error_new_literal (BMA_BROKER_ERROR,
                                                   BMA_BROKER_ERROR_ACCESS_DENIED,
                                                   error->message));
}

/**
 * bma_dbus_call_begin:
 * @resolver: tells who calls
 * @invocation: (transfer full): a method call
 * @limit_ms: when it fails for want of an answer; 0 for never
 * @func: carries it out
 * @object: a #GObject for @func
 *
 * Finds out who calls, then calls @func. Callers that cannot be identified get
 * AccessDenied.
 */
void
bma_dbus_call_begin (BmaPeerResolver *resolver,
                     GDBusMethodInvocation *invocation,
                     unsigned int limit_ms,
                     BmaDbusCallFunc func,
                     gpointer object)
{
  BmaDbusCall *self = g_rc_box_new0 (BmaDbusCall);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  self->invocation = invocation;
  self->arguments = g_variant_ref (g_dbus_method_invocation_get_parameters (invocation));
  self->resolver = g_object_ref (resolver);
  self->func = func;
  self->object = g_object_ref (object);
  /* Usually it is known, and the answer too: no turn of the main loop, no clock. */
  self->peer = bma_peer_resolver_lookup (resolver, sender);
  if (self->peer != NULL)
    func (self, object);
  if (limit_ms > 0 && self->invocation != NULL)
    self->limit_id = g_timeout_add (limit_ms, on_limit, self);
  if (self->peer != NULL)
    bma_dbus_call_unref (self);
  else
    bma_peer_resolver_resolve_async (resolver, sender, NULL, on_resolved, self);
}

/**
 * bma_dbus_call_get_peer:
 * @self: a call
 *
 * Returns: (transfer none): who calls
 */
BmaPeer *
bma_dbus_call_get_peer (BmaDbusCall *self)
{
  return self->peer;
}

/**
 * bma_dbus_call_show_key:
 * @self: a call
 * @key: (nullable): the pairing key that came with it
 *
 * Notes that the caller showed it, for this call and those that follow on its connection.
 */
void
bma_dbus_call_show_key (BmaDbusCall *self, const BmaSecret *key)
{
  BmaPeer *showing = bma_dbus_pairing_show (self->resolver, self->peer, key);

  bma_peer_unref (self->peer);
  self->peer = showing;
}

/**
 * bma_dbus_call_get_object:
 * @self: a call
 *
 * Returns: (transfer none): whose method it is
 */
gpointer
bma_dbus_call_get_object (BmaDbusCall *self)
{
  return self->object;
}

/**
 * bma_dbus_call_get_invocation:
 * @self: a call
 *
 * Returns: (transfer none) (nullable): the call; %NULL once it is answered
 */
GDBusMethodInvocation *
bma_dbus_call_get_invocation (BmaDbusCall *self)
{
  return self->invocation;
}

/**
 * bma_dbus_call_get_arguments:
 * @self: a call
 *
 * Returns: (transfer none): its arguments
 */
GVariant *
bma_dbus_call_get_arguments (BmaDbusCall *self)
{
  return self->arguments;
}

/**
 * bma_dbus_call_return:
 * @self: a call
 * @result: (transfer floating) (nullable): the answer, a tuple
 * @fds: (nullable): descriptors that belong to it
 *
 * Answers a call.
 */
void
bma_dbus_call_return (BmaDbusCall *self, GVariant *result, GUnixFDList *fds)
{
  g_autoptr (GVariant) owned = result != NULL ? g_variant_ref_sink (result) : NULL;

  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->invocation != NULL)
    g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (
                                                                 &self->invocation),
                                                             owned, fds);
}

/**
 * bma_dbus_call_fail:
 * @self: a call
 * @error: (transfer full): why
 *
 * Answers a call with an error.
 */
void
bma_dbus_call_fail (BmaDbusCall *self, GError *error)
{
  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->invocation != NULL)
    bma_dbus_error_return (g_steal_pointer (&self->invocation), error);
  else
    g_error_free (error);
}

/**
 * bma_dbus_call_fail_missing:
 * @self: a call of an object that is not there or not the caller's
 *
 * Answers as if there were no object.
 */
void
bma_dbus_call_fail_missing (BmaDbusCall *self)
{
  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->invocation != NULL)
    bma_dbus_access_return_missing (g_steal_pointer (&self->invocation));
}

/**
 * bma_dbus_call_check_manager:
 * @self: a call that only programs outside a sandbox may make
 *
 * Returns: whether the caller is one; if not, the call has been answered
 */
gboolean
bma_dbus_call_check_manager (BmaDbusCall *self)
{
  if (bma_dbus_access_may_manage (self->peer))
    return TRUE;
  bma_dbus_call_fail (self, g_error_new_literal (BMA_BROKER_ERROR,
                                                 BMA_BROKER_ERROR_ACCESS_DENIED,
                                                 "Only programs outside a sandbox may "
                                                 "look after the service"));
  return FALSE;
}
