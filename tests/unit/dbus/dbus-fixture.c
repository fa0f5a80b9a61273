/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "bma-broker-login.h"
#include "bma-client.h"
#include "bma-entropy-dummy.h"
#include "bma-identity-local.h"
#include "bma-peer-dbus.h"

static GMutex lock;

static void
heard_free (gpointer data)
{
  Heard *self = data;

  g_free (self->name);
  g_free (self->path);
  g_variant_unref (self->body);
  g_clear_object (&self->fds);
  g_free (self);
}

/* In GDBus's thread. Hears what comes in, subscribed to or not. */
static GDBusMessage *
on_message (GDBusConnection *bus,
            GDBusMessage *message,
            gboolean incoming,
            gpointer user_data)
{
  Caller *caller = user_data;
  g_autofree char *text = g_dbus_message_print (message, 0);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_string_append (caller->traffic, text);
  if (incoming &&
      g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_SIGNAL &&
      g_dbus_message_get_body (message) != NULL)
    {
      Heard *heard = g_new0 (Heard, 1);

      heard->name = g_strdup (g_dbus_message_get_member (message));
      heard->path = g_strdup (g_dbus_message_get_path (message));
      heard->body = g_variant_ref (g_dbus_message_get_body (message));
      if (g_dbus_message_get_unix_fd_list (message) != NULL)
        heard->fds = g_object_ref (g_dbus_message_get_unix_fd_list (message));
      g_ptr_array_add (caller->heard, heard);
    }
  g_main_context_wakeup (NULL);
  return message;
}

static GDBusConnection *
connect_to (GTestDBus *daemon)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (daemon),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

GDBusConnection *
fixture_connect (Fixture *self)
{
  return connect_to (self->daemon);
}

static void
caller_join (Caller *caller, GTestDBus *daemon)
{
  caller->bus = connect_to (daemon);
  caller->heard = g_ptr_array_new_with_free_func (heard_free);
  caller->traffic = g_string_new (NULL);
  caller->filter_id =
      g_dbus_connection_add_filter (caller->bus, on_message, caller, NULL);
}

/* A filter may still run for a moment after its removal: close first. */
static void
caller_leave (Caller *caller)
{
  if (caller->bus == NULL)
    return;
  g_dbus_connection_close_sync (caller->bus, NULL, NULL);
  g_dbus_connection_remove_filter (caller->bus, caller->filter_id);
  g_clear_object (&caller->bus);
}

static void
caller_clear (Caller *caller)
{
  caller_leave (caller);
  g_ptr_array_unref (caller->heard);
  g_string_free (caller->traffic, TRUE);
}

void
fixture_name (Fixture *self, Caller *caller, const char *app_id, const char *trust)
{
  const char *sender = g_dbus_connection_get_unique_name (caller->bus);
  gboolean is_host = !g_str_equal (trust, BMA_TRUST_SANDBOX);

  bma_peer_resolver_dummy_name (BMA_PEER_RESOLVER_DUMMY (self->resolver),
                                bma_peer_new (sender, app_id, trust,
                                              is_host ? app_id : NULL, 0, 1));
}

static BmaConfig *
make_config (void)
{
  BmaConfig *config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  return config;
}

static void
make_broker (Fixture *self)
{
  g_autoptr (BmaConfig) config = make_config ();
  g_autoptr (BmaIdentityProvider) provider = bma_identity_local_new ();
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  BmaBrokerParts parts = { .provider = provider, .entropy = BMA_ENTROPY (entropy) };

  self->clock = bma_clock_dummy_new ();
  self->store = bma_store_memory_new ();
  self->keyring = bma_keyring_dummy_new ();
  parts.clock = BMA_CLOCK (self->clock);
  parts.store = BMA_STORE (self->store);
  parts.keyring = BMA_KEYRING (self->keyring);
  self->broker = bma_broker_new (config, &parts);
  bma_broker_set_session (self->broker, "session");
  bma_broker_start (self->broker);
  while (!g_str_equal (bma_broker_get_state (self->broker), "ready"))
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_set_up (Fixture *self, gconstpointer setup_data)
{
  const Setup *setup = setup_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaNotifier) notifier = NULL;
  BmaDbusParts parts = { NULL };

  self->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->daemon);
  self->service_bus = connect_to (self->daemon);
  caller_join (&self->host, self->daemon);
  caller_join (&self->app, self->daemon);
  caller_join (&self->other, self->daemon);
  make_broker (self);
  self->opener = bma_uri_opener_dummy_new ();
  if (setup != NULL && setup->has_real_resolver)
    self->resolver = bma_peer_dbus_new (self->service_bus);
  else
    {
      self->resolver = BMA_PEER_RESOLVER (bma_peer_resolver_dummy_new ());
      fixture_name (self, &self->host, "/usr/bin/host", BMA_TRUST_CLAIMED);
      fixture_name (self, &self->app, "org.example.App", BMA_TRUST_SANDBOX);
      fixture_name (self, &self->other, "org.example.Other", BMA_TRUST_SANDBOX);
    }
  parts.broker = self->broker;
  parts.connection = self->service_bus;
  parts.resolver = self->resolver;
  parts.opener = BMA_URI_OPENER (self->opener);
  if (setup != NULL && setup->notifies != FIXTURE_DOES_NOT_NOTIFY)
    notifier = bma_notifier_new (self->service_bus, bma_broker_get_entropy (self->broker),
                                 setup->notifies == FIXTURE_NOTIFIES_BY_PORTAL);
  parts.notifier = notifier;
  parts.request_lifetime_ms = setup != NULL ? setup->request_lifetime_ms : 0;
  self->service = bma_dbus_service_new (&parts, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *self, gconstpointer setup)
{
  g_clear_object (&self->service);
  caller_clear (&self->host);
  caller_clear (&self->app);
  caller_clear (&self->other);
  g_object_run_dispose (G_OBJECT (self->resolver));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_dbus_connection_close_sync (self->service_bus, NULL, NULL);
  g_clear_object (&self->resolver);
  g_clear_object (&self->opener);
  g_clear_object (&self->broker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->store);
  g_clear_object (&self->keyring);
  g_clear_object (&self->clock);
  g_clear_object (&self->service_bus);
  g_test_dbus_down (self->daemon);
  g_clear_object (&self->daemon);
}

/* The caller's process ends. */
void
fixture_leave (Fixture *self, Caller *caller)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (caller->bus));

  caller_leave (caller);
  if (BMA_IS_PEER_RESOLVER_DUMMY (self->resolver))
    bma_peer_resolver_dummy_forget (BMA_PEER_RESOLVER_DUMMY (self->resolver), sender);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* NULL and the name of the error, if it is one. */
GVariant *
caller_call (Caller *caller,
             Fixture *fixture,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *arguments,
             GUnixFDList *fds,
             GUnixFDList **fds_out,
             char **error_name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) unused = NULL;
  GVariant *reply = NULL;

  g_dbus_connection_call_with_unix_fd_list (
      caller->bus, g_dbus_connection_get_unique_name (fixture->service_bus), path,
      interface, method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, fds, NULL,
      on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = g_dbus_connection_call_with_unix_fd_list_finish (caller->bus,
                                                           fds_out != NULL ? fds_out
                                                                           : &unused,
                                                           result, &error);
  if (reply != NULL || error_name == NULL)
    {
      g_assert_no_error (error);
      return reply;
    }
  *error_name = g_dbus_error_get_remote_error (error);
  if (*error_name == NULL)
    *error_name = g_dbus_error_encode_gerror (error);
  return NULL;
}

GVariant *
caller_ok (Caller *caller,
           Fixture *fixture,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *arguments)
{
  return caller_call (caller, fixture, path, interface, method, arguments, NULL, NULL,
                      NULL);
}

char *
caller_error (Caller *caller,
              Fixture *fixture,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *arguments)
{
  char *name = NULL;
  g_autoptr (GVariant) reply = caller_call (caller, fixture, path, interface, method,
                                            arguments, NULL, NULL, &name);

  g_assert_null (reply);
  return name;
}

/* Whatever was on its way to the caller has arrived after a round trip to the service. */
void
caller_settle (Caller *caller, Fixture *fixture)
{
  g_autoptr (GVariant) reply =
      caller_ok (caller, fixture, ROOT, "org.freedesktop.DBus.Peer", "Ping", NULL);

  g_assert_nonnull (reply);
}

static Heard *
find_heard (Caller *caller, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (unsigned int i = 0; i < caller->heard->len; i++)
    {
      Heard *heard = g_ptr_array_index (caller->heard, i);

      if (g_str_equal (heard->name, name))
        return heard;
    }
  return NULL;
}

/* The first signal of that name, when it has come. */
Heard *
caller_wait (Caller *caller, Fixture *fixture, const char *name)
{
  while (find_heard (caller, name) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return find_heard (caller, name);
}

/* Forgets the signals it heard. */
void
caller_forget (Caller *caller)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_ptr_array_set_size (caller->heard, 0);
}

unsigned int
caller_count (Caller *caller, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  unsigned int n = 0;

  for (unsigned int i = 0; i < caller->heard->len; i++)
    n += g_str_equal (((Heard *) caller->heard->pdata[i])->name, name);
  return n;
}

gboolean
caller_saw (Caller *caller, const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return strstr (caller->traffic->str, text) != NULL;
}

static BmaBrowserStep *
await_step (Fixture *self, GAsyncResult **result)
{
  g_autoptr (GAsyncResult) owned = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  owned = *result;
  return bma_broker_step_finish (self->broker, owned);
}

/* Presses a button of the page that was shown last; returns the title of the next. */
char *
fixture_press (Fixture *self, const char *choice, const char *decision)
{
  const char *query = strchr (bma_uri_opener_dummy_get_last (self->opener), '?') + 1;
  g_autoptr (BmaBrowserStep) page = NULL;
  g_autoptr (BmaBrowserStep) next = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (BmaForm) form = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *until = NULL;
  GAsyncResult *result = NULL;
  GAsyncResult *pressed = NULL;

  bma_broker_authorize_async (self->broker, query, &(BmaBrowser){ .is_owner = TRUE },
                              NULL, on_result, &result);
  page = await_step (self, &result);
  if (page->kind != BMA_STEP_ASK)
    return g_strdup (page->title);
  until = g_strdup_printf ("%" G_GINT64_FORMAT, page->question->ticket->until_s);
  bma_form_append_pair (text, "tx", page->question->ticket->tx);
  bma_form_append_pair (text, "seal", page->question->ticket->seal);
  bma_form_append_pair (text, "until", until);
  bma_form_append_pair (text, "request", page->question->request);
  bma_form_append_pair (text, "choice", choice);
  if (decision != NULL && strchr (decision, '=') != NULL)
    g_string_append_printf (text, "&%s", decision);
  else if (decision != NULL)
    bma_form_append_pair (text, "decision", decision);
  form = bma_form_parse (text->str, text->len);
  cookie = g_strndup (page->set_cookie, strcspn (page->set_cookie, ";"));
  bma_broker_consent_async (self->broker, form, &(BmaBrowser){ cookie, TRUE }, NULL,
                            on_result, &pressed);
  next = await_step (self, &pressed);
  return g_strdup (next->title);
}

/* Calls RequestToken; options is a{sv} in text. Returns the path. */
char *
fixture_request (Fixture *self, Caller *caller, const char *options)
{
  g_autoptr (GVariant)
      dict = g_variant_parse (G_VARIANT_TYPE ("a{sv}"), options, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  char *path = NULL;

  reply =
      caller_ok (caller, self, ROOT, BROKER, "RequestToken",
                 g_variant_new ("(s@as@a{sv})", "", g_variant_new_strv (NULL, 0), dict));
  g_variant_get (reply, "(o)", &path);
  return path;
}

/* A caller asks for a token and the person allows it; returns the path of the grant. */
char *
fixture_allow (Fixture *self, Caller *caller, const char *decision)
{
  g_autofree char *path = fixture_request (self, caller, "@a{sv} {}");
  g_autofree char *title = NULL;
  g_autoptr (GVariant) result = NULL;
  char *grant = NULL;
  uint32_t code = 99;

  caller_wait (caller, self, "Progress");
  title = fixture_press (self, "allow", decision);
  g_assert_cmpstr (title, ==, "Allowed");
  g_variant_get (caller_wait (caller, self, "Response")->body, "(u@a{sv})", &code,
                 &result);
  g_assert_cmpuint (code, ==, 0);
  g_assert_true (g_variant_lookup (result, "grant", "o", &grant));
  return grant;
}

/* Returns its path. */
char *
fixture_add_client (Fixture *self)
{
  const char *uris[] = { "http://127.0.0.1/callback", NULL };
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaClient *client = bma_record_new (&bma_client_type, "c0ffee");

  client->name = g_strdup ("Coffee");
  client->redirect_uris = g_strdupv ((char **) uris);
  client->grant_types = g_new0 (char *, 1);
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_REGISTERED);
  bma_change_put_take (change, client);
  bma_store_apply_lazily (BMA_STORE (self->store), change);
  return g_strdup (ROOT "/client/c0ffee");
}
