/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-notifier-private.h"

#include "bma-log.h"

#define KEY_BYTES        16
#define CLOSED_BY_PERSON 2u

G_DEFINE_FINAL_TYPE (BmaNotifier, bma_notifier, G_TYPE_OBJECT)

static void
unsubscribe (BmaNotifier *self)
{
  for (size_t i = 0; i < BMA_NOTIFIER_SUBSCRIPTIONS; i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->bus, self->subscriptions[i]);
  for (size_t i = 0; i < BMA_NOTIFIER_SUBSCRIPTIONS; i++)
    self->subscriptions[i] = 0;
  g_clear_pointer (&self->owner, g_free);
}

/* Nothing that was shown so far counts any more. */
static void
forget (BmaNotifier *self)
{
  self->id = 0;
  g_hash_table_remove_all (self->actions);
  g_clear_pointer (&self->activation_token, g_free);
}

static void
bma_notifier_dispose (GObject *object)
{
  BmaNotifier *self = BMA_NOTIFIER (object);

  if (self->bus != NULL)
    unsubscribe (self);
  g_clear_object (&self->bus);
  g_clear_object (&self->entropy);
  G_OBJECT_CLASS (bma_notifier_parent_class)->dispose (object);
}

static void
bma_notifier_finalize (GObject *object)
{
  BmaNotifier *self = BMA_NOTIFIER (object);

  g_free (self->portal_id);
  g_free (self->activation_token);
  g_hash_table_unref (self->actions);
  G_OBJECT_CLASS (bma_notifier_parent_class)->finalize (object);
}

static void
bma_notifier_class_init (BmaNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_notifier_finalize;
  g_signal_new ("acted", BMA_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new ("closed", BMA_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
bma_notifier_init (BmaNotifier *self)
{
  self->actions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
call_no_reply (BmaNotifier *self, const char *method, GVariant *arguments)
{
  g_dbus_connection_call (self->bus, self->owner,
                          self->uses_portal ? BMA_PORTAL_PATH : BMA_NOTIFICATIONS_PATH,
                          self->uses_portal ? BMA_PORTAL_INTERFACE
                                            : BMA_NOTIFICATIONS_INTERFACE,
                          method, arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BMA_NOTIFIER_LIMIT_MS, NULL, NULL, NULL);
}

/**
 * bma_notifier_withdraw:
 * @self: a notifier
 *
 * Takes the notification away, if there is one.
 */
void
bma_notifier_withdraw (BmaNotifier *self)
{
  if (self->id != 0 && self->owner != NULL)
    {
      if (self->uses_portal)
        call_no_reply (self, "RemoveNotification",
                       g_variant_new ("(s)", self->portal_id));
      else
        call_no_reply (self, "CloseNotification", g_variant_new ("(u)", self->id));
    }
  forget (self);
}

static void
act (BmaNotifier *self, const char *key)
{
  g_autofree char *action = g_strdup (g_hash_table_lookup (self->actions, key));
  g_autofree char *token = NULL;

  if (action == NULL)
    {
      bma_log_notice ("notify", "ignored a button that is not of this notification");
      return;
    }
  token = g_steal_pointer (&self->activation_token);
  bma_notifier_withdraw (self);
  g_signal_emit_by_name (self, "acted", action, token);
}

static void
close_it (BmaNotifier *self, gboolean by_person)
{
  forget (self);
  g_signal_emit_by_name (self, "closed", by_person);
}

static void
on_server_signal (BmaNotifier *self, const char *signal, GVariant *arguments)
{
  const char *text = NULL;
  uint32_t id = 0;
  uint32_t reason = 0;

  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(us)")))
    g_variant_get (arguments, "(u&s)", &id, &text);
  else if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (arguments, "(uu)", &id, &reason);
  if (id == 0 || id != self->id)
    return;
  if (g_str_equal (signal, "ActionInvoked") && text != NULL)
    act (self, text);
  else if (g_str_equal (signal, "ActivationToken") && text != NULL)
    {
      g_free (self->activation_token);
      self->activation_token = g_strdup (text);
    }
  else if (g_str_equal (signal, "NotificationClosed") && text == NULL)
    {
      /* It was the one before; nobody has seen what is on its way. */
      if (self->is_sending)
        self->id = 0;
      else
        close_it (self, reason == CLOSED_BY_PERSON);
    }
}

static void
on_portal_signal (BmaNotifier *self, const char *signal, GVariant *arguments)
{
  const char *id = NULL;
  const char *action = NULL;

  if (!g_str_equal (signal, "ActionInvoked") ||
      !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssav)")))
    return;
  g_variant_get (arguments, "(&s&sav)", &id, &action, NULL);
  if (self->id != 0 && g_str_equal (id, self->portal_id))
    act (self, action);
}

/* GDBus before 2.80.1 lets any connection send what was subscribed to by a well-known
 * name; here it is a unique one, which nobody can have but its owner. */
static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer user_data)
{
  g_autoptr (BmaNotifier) self = g_object_ref (user_data);

  if (g_strcmp0 (sender, self->owner) != 0)
    return;
  if (self->uses_portal)
    on_portal_signal (self, signal, arguments);
  else
    on_server_signal (self, signal, arguments);
}

static void
on_owner_changed (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *arguments,
                  gpointer user_data)
{
  g_autoptr (BmaNotifier) self = g_object_ref (user_data);
  gboolean was_shown = self->id != 0;

  unsubscribe (self);
  if (was_shown)
    close_it (self, FALSE);
}

/**
 * bma_notifier_listen_to:
 * @self: a notifier
 * @owner: the connection that answered us
 *
 * From now on its signals count, and nobody else's. What was shown elsewhere is not ours
 * any more.
 */
void
bma_notifier_listen_to (BmaNotifier *self, const char *owner)
{
  if (g_strcmp0 (owner, self->owner) == 0)
    return;
  unsubscribe (self);
  self->id = 0;
  self->owner = g_strdup (owner);
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
      self->bus, owner,
      self->uses_portal ? BMA_PORTAL_INTERFACE : BMA_NOTIFICATIONS_INTERFACE, NULL,
      self->uses_portal ? BMA_PORTAL_PATH : BMA_NOTIFICATIONS_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  self->subscriptions[1] =
      g_dbus_connection_signal_subscribe (self->bus, "org.freedesktop.DBus",
                                          "org.freedesktop.DBus", "NameOwnerChanged",
                                          "/org/freedesktop/DBus", owner,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed,
                                          self, NULL);
}

/**
 * bma_notifier_new:
 * @bus: the session bus
 * @entropy: names the buttons
 * @uses_portal: whether the portal shows it: inside Flatpak
 *
 * Returns: (transfer full): a notifier that has shown nothing
 */
BmaNotifier *
bma_notifier_new (GDBusConnection *bus, BmaEntropy *entropy, gboolean uses_portal)
{
  BmaNotifier *self = g_object_new (BMA_TYPE_NOTIFIER, NULL);

  self->bus = g_object_ref (bus);
  self->entropy = g_object_ref (entropy);
  self->uses_portal = uses_portal;
  self->portal_id = bma_entropy_hex (entropy, KEY_BYTES);
  return self;
}
