/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-request-private.h"

#include "bma-dbus-error.h"
#include "bma-dbus-pairing.h"
#include "bma-dbus-token.h"
#include "bma-log.h"
#include "bma-names.h"

/* To the caller alone, whatever others listen for. */
void
bma_dbus_request_send_signal (BmaDbusRequest *self,
                              const char *name,
                              GVariant *body,
                              GUnixFDList *fds)
{
  g_autoptr (GDBusMessage)
      message = g_dbus_message_new_signal (self->path, BMA_APP_ID ".Request1", name);
  g_autoptr (GError) error = NULL;

  g_dbus_message_set_destination (message, self->peer->sender);
  g_dbus_message_set_body (message, body);
  if (fds != NULL)
    g_dbus_message_set_unix_fd_list (message, fds);
  if (!g_dbus_connection_send_message (self->parts.connection, message,
                                       G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, &error))
    bma_log_debug ("dbus", "%s was not sent: %s", name, error->message);
}

static void
deliver (BmaDbusRequest *self)
{
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      g_steal_pointer (&self->outcome.waiting), self->outcome.body, self->outcome.fds);
  bma_dbus_request_end (self);
}

static void
respond (BmaDbusRequest *self, uint32_t code, GVariant *result, GUnixFDList *fds)
{
  g_autoptr (GVariant)
      body = g_variant_ref_sink (g_variant_new ("(u@a{sv})", code, result));

  if (self->has_ended || self->outcome.body != NULL)
    return;
  bma_log (G_LOG_LEVEL_INFO, "dbus", self->options->correlation_id,
           "%s: response %u to %s", self->path, code, self->peer->app_id);
  if (!self->options->await)
    bma_dbus_request_send_signal (self, "Response", body, fds);
  self->outcome.body = g_variant_ref (body);
  self->outcome.fds = fds != NULL ? g_object_ref (fds) : NULL;
  if (self->outcome.waiting != NULL)
    deliver (self);
  else if (!self->options->await)
    bma_dbus_request_end (self);
}

/**
 * bma_dbus_request_await:
 * @self: a request
 * @invocation: (transfer full): a call of org.biomcp.Auth.Request1.Await
 *
 * Answers when the outcome is known.
 */
void
bma_dbus_request_await (BmaDbusRequest *self, GDBusMethodInvocation *invocation)
{
  if (self->outcome.waiting != NULL)
    {
      bma_dbus_error_return (invocation,
                             g_error_new_literal (BMA_BROKER_ERROR,
                                                  BMA_BROKER_ERROR_INVALID_ARGUMENT,
                                                  "Another call waits for it already"));
      return;
    }
  self->outcome.waiting = invocation;
  if (self->outcome.body != NULL)
    deliver (self);
}

void
bma_dbus_request_forget_outcome (BmaDbusRequest *self)
{
  g_clear_pointer (&self->outcome.body, g_variant_unref);
  g_clear_object (&self->outcome.fds);
  if (self->outcome.waiting != NULL)
    bma_dbus_error_return (g_steal_pointer (&self->outcome.waiting),
                           g_error_new_literal (BMA_BROKER_ERROR,
                                                BMA_BROKER_ERROR_CANCELLED,
                                                "The request was closed"));
}

void
bma_dbus_request_respond_empty (BmaDbusRequest *self, uint32_t code)
{
  respond (self, code, g_variant_new ("a{sv}", NULL), NULL);
}

void
bma_dbus_request_respond_error (BmaDbusRequest *self, GError *failure)
{
  g_autoptr (GError) error = bma_dbus_error_translate (failure);
  g_autofree char *name = bma_dbus_error_get_name (error);
  GVariantDict result;

  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "error", "s", name);
  g_variant_dict_insert (&result, "message", "s", error->message);
  respond (self, RESPONSE_FAILED, g_variant_dict_end (&result), NULL);
}

void
bma_dbus_request_respond_token (BmaDbusRequest *self, const BmaLocalToken *token)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  GVariant *result =
      bma_dbus_token_to_variant (token, self->options->as_fd, &fds, &error);

  if (result != NULL && self->pairing_key != NULL)
    result = bma_dbus_pairing_add_key (result, self->pairing_key);
  if (result != NULL)
    respond (self, RESPONSE_DONE, result, fds);
  else
    bma_dbus_request_respond_error (self, error);
}
